"""events.py - seeded Sysmon events as JSON lines, for the bench alone.

Every name is invented.  What counts is the shape: how often each event id
comes, and how many distinct values each column has for its rows (a command line
is new in two of five process starts, an image path hardly ever)."""
import random
import time

MIX = ((1, 80), (3, 120), (5, 60), (7, 200), (10, 180), (11, 90), (12, 100), (13, 120), (22, 50))
HOSTS, USERS, PATHS, HASHES, TRACES, REMEMBERED = 200, 300, 463, 7437, 10689, 48
START = 1709251200  # 2024-03-01
SPAN = 7 * 86400    # seconds the events are spread over, however many they are

TOOLS = ("svchost.exe chrome.exe msedge.exe explorer.exe cmd.exe powershell.exe powershell_ise.exe psexec.exe "
         "vssadmin.exe wmic.exe bcdedit.exe wbadmin.exe rundll32.exe regsvr32.exe taskhostw.exe conhost.exe "
         "outlook.exe teams.exe onedrive.exe msiexec.exe").split()
ATTACKS = ("vssadmin.exe Delete Shadows /All /Q", "wmic.exe shadowcopy delete", "wbadmin delete catalog -quiet",
           "bcdedit /set {default} bootstatuspolicy ignoreallfailures", "bcdedit /set {default} recoveryenabled no",
           "powershell -nop -c Remove-Item C:\\Users\\Public\\stage -Recurse",
           "powershell -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA")
HEAD = '{"TimeGenerated":"%s","Type":"WindowsEvent","Provider":"Microsoft-Windows-Sysmon",' \
       '"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"%s","EventID":%d,"EventRecordId":"%d",' \
       '"EventData":{"UtcTime":"%s",%s}}\n'

# All members of EventData, in one order: the peers make their columns of it.
FIELDS = ("UtcTime RuleName ProcessGuid ProcessId Image User CommandLine CurrentDirectory IntegrityLevel Hashes "
          "ParentProcessGuid ParentProcessId ParentImage ParentCommandLine Protocol Initiated SourceIp SourcePort "
          "DestinationIp DestinationPort DestinationHostname ImageLoaded Signed Signature SourceProcessGUID "
          "SourceProcessId SourceImage TargetProcessGUID TargetProcessId TargetImage GrantedAccess CallTrace "
          "TargetFilename CreationUtcTime EventType TargetObject Details QueryName QueryStatus QueryResults").split()


def escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')


class World:
    def __init__(self, seed):
        self.random = random.Random(seed)
        r = self.random
        word = lambda n: "".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(n))
        self.hosts = ["WS%04d.corp.example" % i for i in range(HOSTS)]
        self.users = [escaped("CORP\\" + word(7)) for _ in range(USERS)]
        folders = ["C:\\Windows\\System32\\", "C:\\Program Files\\%s\\", "C:\\Users\\%s\\AppData\\Local\\"]
        self.paths = [escaped(folders[0] + t) for t in TOOLS]
        while len(self.paths) < PATHS:
            folder = r.choice(folders)
            self.paths.append(escaped((folder % word(6) if "%" in folder else folder) + word(8) + ".exe"))
        self.hashes = ["SHA1=%040X,MD5=%032X,SHA256=%064X,IMPHASH=%032X" % tuple(
            r.getrandbits(b) for b in (160, 128, 256, 128)) for _ in range(HASHES)]
        modules = ["C:\\\\Windows\\\\SYSTEM32\\\\%s.dll" % word(7) for _ in range(400)]
        self.traces = ["|".join("%s+%x" % (r.choice(modules), r.getrandbits(18)) for _ in range(r.randint(3, 12)))
                       for _ in range(TRACES)]
        self.modules = ["C:\\\\Windows\\\\System32\\\\%s.dll" % word(8) for _ in range(2226)]
        self.keys = ["HKLM\\\\SOFTWARE\\\\%s\\\\%s" % (word(8), word(10)) for _ in range(900)]
        self.names = ["%s.%s.example" % (word(6), word(5)) for _ in range(1600)]
        self.verbs = [word(6) for _ in range(300)]
        self.commands = []
        self.count = 0
        self.running = [[self.start(h) for _ in range(8)] for h in range(HOSTS)]

    def pick(self, values):
        """Few are frequent, most are rare."""
        u = self.random.random()
        return values[int(len(values) * u * u * u)]

    def command(self, path):
        u = self.random.random()
        if u < 0.002:
            return escaped(self.random.choice(ATTACKS))
        if u < 0.40 or len(self.commands) < 200:
            new = '\\"%s\\" --%s %s /id:%x' % (path, self.pick(self.verbs), self.pick(self.names),
                                               self.random.getrandbits(36))
            self.commands.append(new)
            return new
        return self.pick(self.commands)

    def start(self, host):
        """guid, pid, image, user, command line"""
        self.count += 1
        path = self.pick(self.paths)
        return ("{%08X-%04X-65E1-%04X-%012X}" % (host * 2654435761 % 2**32, self.count % 65536, host, self.count),
                str(self.random.randrange(4, 65536, 4)), path, self.pick(self.users), self.command(path))

    def process(self, host):
        running = self.running[host]
        u = self.random.random()
        return running[-1 - int(len(running) * u * u)]

    def data(self, event_id, host, utc):
        r = self.random.random
        bits = self.random.getrandbits
        if event_id == 1:
            parent, new = self.process(host), self.start(host)
            running = self.running[host]
            running.append(new)
            if len(running) > REMEMBERED:
                del running[0]
            return ('"RuleName":"-","ProcessGuid":"%s","ProcessId":"%s","Image":"%s","User":"%s","CommandLine":"%s",'
                    '"CurrentDirectory":"C:\\\\Windows\\\\system32\\\\","IntegrityLevel":"%s","Hashes":"%s",'
                    '"ParentProcessGuid":"%s","ParentProcessId":"%s","ParentImage":"%s","ParentCommandLine":"%s"'
                    % (*new, "Medium" if r() < 0.7 else "System", self.pick(self.hashes),
                       parent[0], parent[1], parent[2], parent[4]))
        p = self.process(host)
        own = '"RuleName":"-","ProcessGuid":"%s","ProcessId":"%s","Image":"%s","User":"%s"' % p[:4]
        if event_id == 3:
            return own + (',"Protocol":"tcp","Initiated":"true","SourceIp":"192.0.2.%d","SourcePort":"%d",'
                          '"DestinationIp":"198.51.100.%d","DestinationPort":"%s","DestinationHostname":"%s"'
                          % (host, 49152 + bits(14), int(230 * r() * r()), "443" if r() < 0.8 else "80",
                             self.pick(self.names)))
        if event_id == 7:
            return own + ',"ImageLoaded":"%s","Hashes":"%s","Signed":"true","Signature":"Contoso Windows"' % (
                self.pick(self.modules), self.pick(self.hashes))
        if event_id == 10:
            t = self.process(host)
            return ('"RuleName":"-","SourceProcessGUID":"%s","SourceProcessId":"%s","SourceImage":"%s",'
                    '"TargetProcessGUID":"%s","TargetProcessId":"%s","TargetImage":"%s","GrantedAccess":"%s",'
                    '"CallTrace":"%s"' % (*p[:3], *t[:3], "0x1000" if r() < 0.8 else "0x1410", self.pick(self.traces)))
        if event_id == 11:
            name = "%05x" % bits(20) if r() < 0.45 else self.pick(self.verbs)
            return own + ',"TargetFilename":"C:\\\\Users\\\\%s\\\\AppData\\\\Local\\\\Temp\\\\%s.tmp","CreationUtcTime":"%s"' % (
                p[3][6:], name, utc)
        if event_id in (12, 13):
            key = self.pick(self.keys) + ("\\\\%04x" % bits(16) if r() < 0.14 else "")
            kind = "SetValue" if event_id == 13 else "CreateKey"
            details = ',"Details":"DWORD (0x%08x)"' % int(9000 * r() ** 4) if event_id == 13 else ""
            return own + ',"EventType":"%s","TargetObject":"%s"%s' % (kind, key, details)
        if event_id == 22:
            return own + ',"QueryName":"%s","QueryStatus":"0","QueryResults":"::ffff:198.51.100.%d;"' % (
                self.pick(self.names), int(160 * r()))
        return own


def write(path, events, seed):
    world = World(seed)
    ids = [event_id for event_id, weight in MIX for _ in range(weight)]
    records = [0] * HOSTS
    second, prefix = -1, ""
    with open(path, "w", buffering=1 << 20) as out:
        for i in range(events):
            ms = SPAN * 1000 * i // events
            if ms // 1000 != second:
                second = ms // 1000
                prefix = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(START + second))
            utc = "%s.%03d" % (prefix, ms % 1000)
            host = int(HOSTS * world.random.random() ** 1.5)
            event_id = ids[int(1000 * world.random.random())]
            records[host] += 1
            out.write(HEAD % (utc.replace(" ", "T") + "Z", world.hosts[host], event_id, records[host], utc,
                              world.data(event_id, host, utc)))
