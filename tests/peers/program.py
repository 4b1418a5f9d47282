"""The program under test, and what held."""

import json
import subprocess
import sys
import traceback


class Program:
    """The binary, called as a user calls it."""

    def __init__(self, binary):
        self.binary = binary

    def __call__(self, *arguments):
        """Runs a subcommand; its standard output. Raises with its complaint if it fails."""
        done = subprocess.run([self.binary, *map(str, arguments)], capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"isocenter {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json"))


class Checks:
    """Counts what holds, and says what does not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def holds(self, what, condition, detail=""):
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}: {detail}")

    def part(self, what, function, *arguments):
        """A part of the checks, whose own error is one failure and does not end the rest."""
        try:
            function(self, *arguments)
        except Exception as error:  # whatever a peer raises at a file of ours is a finding
            self.holds(what, False, f"{type(error).__name__}: {error}")
            traceback.print_exc(file=sys.stdout)
