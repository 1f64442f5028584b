"""Break the rules of course/tcp one at a time, and see whether the tests notice.

python -m tools.mutants [WORD ...]    all of tests/mutants.toml, or those that have a word in their file or description

Each mutant is one changed line in a copy of the project, on which the tests of the rules run until one of them fails.
"""

import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "mutants.toml"
COPIED = ("course", "tests", "pyproject.toml", "README.md")
TESTS = ("tests/tcp", "tests/spec", "tests/sim", "tests/sockets")
WORKERS = 2
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: `before` is replaced by `after` in `file`; `breaks` says what no longer holds, and who asks for it."""

    file: str
    before: str
    after: str
    breaks: str

    def apply(self, root: Path) -> None:
        """Plant the fault; ValueError unless its place is there exactly once."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.before) != 1:
            raise ValueError(f"{self.file} has {text.count(self.before)} places for {self.before!r}; say more of it")
        path.write_text(text.replace(self.before, self.after), encoding="utf-8")


def mutants() -> list[Mutant]:
    """All of the list."""
    return [Mutant(**entry) for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]]


def is_killed(mutant: Mutant) -> bool:
    """Does a test fail (or hang) when this fault is there?"""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, root / name)
        mutant.apply(root)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow", *TESTS]
        command += ["--ignore", "tests/tcp/test_mutants.py"]  # it would see the fault itself
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return True
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the tests did not run: {done.stdout.decode()[-2000:]}")
    return done.returncode == 1


def main(words: list[str]) -> int:
    """Plant every fault, print what became of it, and say how many were noticed; 1 if any was not."""
    chosen = [each for each in mutants() if not words or any(word in each.file + each.breaks for word in words)]
    began = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        killed = []
        for mutant, noticed in zip(chosen, pool.map(is_killed, chosen), strict=True):
            killed.append(noticed)
            print(f"{'killed  ' if noticed else 'SURVIVED'}  {mutant.file}: {mutant.breaks}", flush=True)
    print(f"{sum(killed)} of {len(killed)} mutants killed in {time.monotonic() - began:.0f} s")
    return 0 if all(killed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
