#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds completions and manual page to what --help says: every command, every option, every choice.

    tests/places/describe.py PADPROOF
"""

import re
import subprocess
import sys

PADPROOF = sys.argv[1]
# One line of help: the names, and the choices if there are some.
OPTION = re.compile(r"^ +((?:-\w,)?--[\w-]+)(?: \w+(?::\S*)?)?", re.MULTILINE)
CHOICES = re.compile(r"\{([^}]*)\}")


def output(*command, given=""):
    result = subprocess.run(command, input=given, capture_output=True, text=True)
    assert result.returncode == 0 and result.stderr == "", result
    return result.stdout


def helped(*command):
    """The options of a command with their choices, as its help has them."""
    options = {}
    for match in OPTION.finditer(output(PADPROOF, *command, "--help")):
        choices = CHOICES.search(match[0])
        for name in match[1].split(","):
            options[name] = choices[1].split(",") if choices else []
    return options


def completed(script, *words):
    """What bash offers for the last of the words."""
    line = " ".join(f"'{word}'" for word in words)
    given = f'{script}\nCOMP_WORDS=({line})\nCOMP_CWORD={len(words) - 1}\n_padproof\nprintf "%s\\n" "${{COMPREPLY[@]}}"\n'
    return sorted(filter(None, output("bash", "--norc", "-s", given=given).split("\n")))


def sections(manual):
    """The text of each command in the manual page."""
    parts = re.split(r"^\.S[SH] (?:padproof (\w+))?.*$", manual, flags=re.MULTILINE)
    return {name: text for name, text in zip(parts[1::2], parts[2::2]) if name}


def check_command(command, texts):
    options = helped(command)
    assert {"--help", "--format", "--report"} <= set(options), options
    bash, zsh, fish, manual = texts
    offered = completed(bash, "padproof", command, "-")
    assert offered == sorted(options), (command, offered, sorted(options))
    zsh_command = zsh.split(f"\n    {command})\n")[-1] if f"\n    {command})\n" in zsh else zsh.split(f" {command})\n")[1]
    zsh_command = zsh_command.split(";;")[0]
    for name, choices in options.items():
        escaped = name.replace("-", r"\-")
        heads = [line for line in manual[command].split("\n") if f"\\fB{escaped}\\fR" in line]
        assert len(heads) == 1, (command, name, heads)
        flag = f" -l {name[2:]} " if name.startswith("--") else f" -s {name[1:]} "
        lines = [line for line in fish.split("\n") if line.count(f"from {command}'") and flag in line]
        assert len(lines) == 1, (command, name, lines)
        specs = [line for line in zsh_command.split("\n") if re.search(rf"[*)]{name}\[", line)]
        assert len(specs) == 1, (command, name, specs)
        if choices:
            assert completed(bash, "padproof", command, name, "") == sorted(choices)
            assert "|".join(choices).replace("-", r"\-") in heads[0]
            assert f"'{' '.join(choices)}'" in lines[0]
            assert f"({' '.join(choices)})" in specs[0]


def main():
    bash, zsh, fish, page = (output(PADPROOF, "describe", form) for form in ("bash", "zsh", "fish", "man"))
    subcommands = re.findall(r"^  (\w+) {2,}", output(PADPROOF, "--help").split("Subcommands:")[1], re.MULTILINE)
    assert len(subcommands) >= 6 and "describe" not in subcommands, subcommands
    assert completed(bash, "padproof", "") == sorted([*subcommands, *helped()])
    assert completed(bash, "padproof", "ga") == ["gate"]
    assert "README.md" in completed(bash, "padproof", "gate", "READ")
    assert "README.md" in completed(bash, "padproof", "gate", "--policy", "READ")
    assert completed(bash, "padproof", "gate", "--seed", "") == []
    manual = sections(page)
    assert sorted(manual) == sorted(subcommands), manual.keys()
    for command in subcommands:
        assert f"-f -a {command} " in fish and f"'{command}:" in zsh
        check_command(command, (bash, zsh, fish, manual))
    output("bash", "-n", given=bash)
    lint = subprocess.run(["mandoc", "-T", "lint"], input=page, capture_output=True, text=True)
    assert lint.returncode == 0 and lint.stdout == "", lint.stdout
    print(f"describe: {len(subcommands)} commands are completed and in the manual as their help has them")


if __name__ == "__main__":
    main()
