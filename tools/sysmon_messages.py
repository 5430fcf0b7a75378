#!/usr/bin/env python3
"""Write store/sysmon_messages.h: title and field order of each Sysmon event's message.

usage: tools/sysmon_messages.py FACTS/sysmon_schema.json > store/sysmon_messages.h
"""
import json
import sys

schema = json.load(open(sys.argv[1], encoding="utf-8"))
print("""/* sysmon_messages.h - titles and field order of Sysmon's messages, written by
 * tools/sysmon_messages.py from the event schema.  A '#' marks a field that
 * the message prints as 0x and upper-case hex. */
#ifndef SPOOR_STORE_SYSMON_MESSAGES_H
#define SPOOR_STORE_SYSMON_MESSAGES_H

static const struct {
    int event_id;
    const char *title;
    const char *fields; /* separated by blanks */
} sysmon_messages[] = {""")
for event in sorted(schema["events"], key=lambda e: e["event_id"]):
    names = ["#" * f["in_type"].startswith("HexInt") + f["name"] for f in event["fields"]]
    print(f'    {{{event["event_id"]}, "{event["task_template"]}",')
    line = ""
    lines = []
    for name in names:
        if len(line) + len(name) > 80:
            lines.append(line)
            line = ""
        line += name + " "
    lines.append(line.rstrip())
    print("\n".join(f'     "{text}"' for text in lines) + "},")
print("""};

#endif""")
