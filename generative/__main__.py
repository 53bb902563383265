"""The command line: python -m generative COMMAND.

list | sample | complete | … | train | evaluate | benchmark | readme | record | shrink | push: each with --help.

A mistake is told in one line, "error: …", and ends with status 2; Ctrl-C ends with 130, also while torch is imported.
"""

import sys

from generative import streams
from generative.errors import GenerativeError


def main(words: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    streams.prepare()
    try:
        from generative.commands.parser import parser

        arguments = parser().parse_args(words)
        arguments.run(arguments)
        return 0
    except GenerativeError as e:
        print("error:", " ".join(str(e).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
