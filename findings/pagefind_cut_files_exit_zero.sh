#!/bin/sh
# Pagefind 1.5.2: exit code 0 and a cheerful summary, although files of the index were not written whole.
#
# A program that reports success should have written its output. Where the disk refuses the rest of a
# file, here because a limit on the size of files stands in for a full disk or a quota, Pagefind's
# command says how many pages it indexed and exits with 0. Files of the index are cut; readers' browsers
# can't unpack them, and then a search finds less or fails.
#
# This affects everybody who publishes a static site by CI with "build && pagefind && deploy": a runner
# whose disk fills up publishes a broken search, and no step fails. Workaround: unpack each file after
# the run (`gzip -t`), and count fragments.
#
# Exits with 0 if Pagefind behaves as described, with 1 otherwise.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pagefind==1.5.2 pagefind_bin==1.5.2
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import gzip
import resource
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from pagefind.service import get_executable

folder = Path(sys.argv[1])
site = folder / "site"
site.mkdir()
for page in range(300):
    words = " ".join(f"word{page * 40 + each}" for each in range(40))
    text = f"<html lang=en><title>Placeholder {page}</title><body><p>{words}</p></body></html>"
    (site / f"{page}.html").write_text(text, "utf-8")
print("pagefind", version("pagefind"))


def index(name: str, most: int) -> tuple[int, str, list[str]]:
    """Exit code, last line, and cut files of an index in which no file has more bytes than `most`."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that a write fails as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    output = folder / name
    command = [get_executable(), "--site", site, "--output-path", output]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    cut = []
    for path in sorted(output.rglob("*.pf_*")):
        try:
            gzip.decompress(path.read_bytes())
        except (EOFError, OSError):
            cut.append(path.suffix)
    said = [line.strip() for line in done.stdout.splitlines() if "Indexed" in line]
    return done.returncode, "; ".join(said), cut


whole, small = index("whole", 1 << 30), index("small", 8192)
for name, (code, said, cut) in (("no limit", whole), ("at most 8 KB a file", small)):
    print(f"{name}: exit code {code}, {len(cut)} cut files {sorted(set(cut))}; said: {said}")
is_so = whole[0] == 0 and not whole[2] and small[0] == 0 and bool(small[2])
print("as described" if is_so else "CHANGED")
sys.exit(not is_so)
PYTHON
