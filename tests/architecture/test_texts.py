"""Texts of the project: no machine, host or unfinished note; README, Makefile and lock agree."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, project_files

# A class of one letter in each, so that this file does not find itself.
BANNED = {
    "a path of one machine": r"(?<![\w.-])/(?:wor[k]|roo[t]|hom[e]/\w|User[s]/\w|op[t]/\w)",
    "a package host": r"pyp[i]\.|pythonhoste[d]|registry\.npmj[s]|(?<!\w)crates\.i[o]",
    "an unfinished note": r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b",
}
TEXT_SUFFIXES = frozenset(
    {"", ".cfg", ".csv", ".json", ".lock", ".md", ".py", ".rs", ".sh", ".toml", ".txt", ".yml"}
)


def banned_texts(name: str, text: str) -> list[str]:
    """Return every line of a text that names a machine or a host, or is an unfinished note."""
    return [
        f"{name}:{number}: found {kind}: {line.strip()[:80]}"
        for number, line in enumerate(text.splitlines(), start=1)
        for kind, pattern in BANNED.items()
        if re.search(pattern, line)
    ]


def read(name: str) -> str:
    """Return the text of one file of the project."""
    return (ROOT / name).read_text("utf-8")


def makefile_targets(text: str) -> dict[str, str]:
    """Return the targets a user may ask for and the help beside each; empty where there is none."""
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    names = phony.group(1).split() if phony else []
    helps = dict(re.findall(r"^([a-z-]+):[^=\n]*?## (.+)$", text, re.MULTILINE))
    return {name: helps.get(name, "") for name in names}


def unknown_commands(page: str, targets: dict[str, str]) -> set[str]:
    """Return the make targets that a page names, in code or on a line of its own, without one."""
    named = re.findall(r"(?:^|`)make ([a-z_-]+)", page, re.MULTILINE)
    return set(named) - set(targets)


def locked_versions(lock: str) -> dict[str, str]:
    """Return the exact version of every package in the lock, by its normalised name."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock, re.MULTILINE))


def unhashed_packages(lock: str) -> list[str]:
    """Return the packages of a lock that are not followed by a SHA-256."""
    entries = re.split(r"\n(?=\S)", lock.strip())
    return [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry]


def unlocked_requirements(project: dict[str, object], lock: str) -> list[str]:
    """Return what pyproject.toml requires, extras included, and the lock does not hold."""
    table = project["project"]
    assert isinstance(table, dict)
    wanted = list(table["dependencies"])
    for extra in table["optional-dependencies"].values():
        wanted += extra
    names = [re.split(r"[<>=!~\[; ]", line)[0].lower().replace("_", "-") for line in wanted]
    return sorted(set(names) - set(locked_versions(lock)))


def test_no_file_names_a_machine_or_a_host_or_is_unfinished() -> None:
    texts = [path for path in project_files() if path.suffix in TEXT_SUFFIXES]
    broken = [
        line
        for path in texts
        for line in banned_texts(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    ]
    assert broken == []


@pytest.mark.parametrize(
    "line",
    [
        "see /wo" + "rk/main",
        "open('/ho" + "me/ann/x')",
        "--index-url https://py" + "pi.org/simple",
        "# TO" + "DO later",
    ],
)
def test_a_banned_text_is_found(line: str) -> None:
    assert len(banned_texts("a.py", f"x = 1\n{line}\n")) == 1


@pytest.mark.parametrize("line", ["forven/workers", "docs/home.md", "the network", "TO DO"])
def test_an_ordinary_text_is_not_banned(line: str) -> None:
    assert banned_texts("a.py", line) == []


def test_every_target_has_its_line_of_help() -> None:
    targets = makefile_targets(read("Makefile"))
    assert {"demo", "test", "check", "soak", "bench", "setup"} <= set(targets)
    assert [name for name, text in targets.items() if not text] == []


def test_a_target_without_help_is_found() -> None:
    assert makefile_targets(".PHONY: demo test\ndemo: x ## show\ntest: x\n\tpytest\n") == {
        "demo": "show",
        "test": "",
    }


@pytest.mark.parametrize("page", ["README.md", "docs/ARCHITECTURE.md", ".ci/run"])
def test_every_make_command_a_page_names_exists(page: str) -> None:
    assert unknown_commands(read(page), makefile_targets(read("Makefile"))) == set()


def test_a_make_command_that_does_not_exist_is_found() -> None:
    assert unknown_commands("run `make tset` or\nmake demo\n", {"demo": "x"}) == {"tset"}


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_and_the_checks_name_the_same_commands(command: str) -> None:
    assert command in read("README.md").splitlines()
    assert f'readme_command "{command}"' in read(".ci/run")


def test_the_lock_names_no_place_and_hashes_everything() -> None:
    lock = read("requirements.lock")
    assert re.findall(r"\S*(?:://|--index|--find-links|@ )\S*", lock) == []
    assert unhashed_packages(lock) == []


def test_an_unhashed_package_is_found() -> None:
    assert unhashed_packages("a==1 \\\n    --hash=sha256:00\nb==2\n") == ["b"]


def test_the_lock_holds_everything_that_is_required() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    assert unlocked_requirements(project, read("requirements.lock")) == []


def test_a_requirement_outside_the_lock_is_found() -> None:
    project = {"project": {"dependencies": ["a_b>=1"], "optional-dependencies": {"x": ["c"]}}}
    assert unlocked_requirements(project, "a-b==1 \\\n    --hash=sha256:00\n") == ["c"]


def test_every_link_inside_the_pages_leads_to_a_file() -> None:
    pages = [path for path in project_files() if path.suffix == ".md"]
    assert [link for page in pages for link in dead_links(page, page.read_text("utf-8"))] == []


def test_a_dead_link_is_found() -> None:
    assert dead_links(ROOT / "README.md", "[a](docs/NONE.md) [b](LICENSE)") == ["docs/NONE.md"]


def dead_links(page: Path, text: str) -> list[str]:
    """Return the relative links of a page that lead to no file of the project."""
    links = re.findall(r"\]\((?!\w+:)([^)#\s]+)", text)
    return [link for link in links if not (page.parent / link).exists()]
