"""peer_evtx.py - the evtx crate through its Python package: every record of the files as JSON, one thread."""
import sys

from evtx import PyEvtxParser

records = damaged = 0
for path in sys.argv[1:]:
    try:
        for record in PyEvtxParser(path, number_of_threads=1).records_json():
            records += 1
    except RuntimeError:
        damaged += 1
print(records, "records,", damaged, "files with damage")
