"""A code root is listed as git would, never left, and read without loss."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from vigie.errors import InputError, SourceError
from vigie.sources.code import CodeSource
from vigie.types import Document, Item, Skip, SourceRef

GIT = shutil.which("git")
REF = SourceRef("code", "app")


def make(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def listed(root: Path, **options) -> dict[str, str]:
    """native id -> version, or the reason in brackets."""
    found = list(CodeSource(REF, root, **options).scan())
    assert len({one.native_id for one in found}) == len(found)
    return {one.native_id: one.version if isinstance(one, Item) else f"({one.reason})" for one in found}


def read(root: Path, *native_ids: str, **options) -> list[Document | Skip]:
    return list(CodeSource(REF, root, **options).read(Item(native_id, "?") for native_id in native_ids))


def work_tree(top: Path) -> Path:
    """What makes a folder a git work tree, without git."""
    return make(top, {".git/HEAD": "ref: refs/heads/main\n", ".git/config": "[core]\n"})


# ------------------------------------------------------------------ what is read


def test_a_file_becomes_a_document_word_for_word(tmp_path):
    text = "def f():\r\n\treturn 'é😀'\n\n"
    make(tmp_path, {"src/a b.py": text})
    source = CodeSource(REF, tmp_path)
    (item,) = source.scan()
    (document,) = source.read([item])
    assert isinstance(document, Document)
    assert (document.native_id, document.title, document.text) == ("src/a b.py", "src/a b.py", text)
    assert (document.language, document.url, document.version) == ("python", None, item.version)
    assert document.updated_at is not None
    assert document.updated_at.tzinfo is not None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("relevé €\n".encode(), "relevé €\n"),
        (b"\xef\xbb\xbfrelev\xc3\xa9", "relevé"),
        ("relevé 😀".encode("utf-16"), "relevé 😀"),
        (b"\xfe\xff" + "relevé".encode("utf-16-be"), "relevé"),
        ("relevé 5 €, l’état".encode("cp1252"), "relevé 5 €, l’état"),
        (b"relev\xe9 \x81 fin de ligne", "relev\xe9 \x81 fin de ligne"),
    ],
)
def test_text_in_any_usual_encoding_is_decoded_without_loss(tmp_path, content, text):
    make(tmp_path, {"a.txt": content})
    (document,) = read(tmp_path, "a.txt")
    assert isinstance(document, Document)
    assert document.text == text


@pytest.mark.parametrize(
    "content",
    [b"\x7fELF\0\0\1", b"texte \0 texte", b"\xff\xfe\x00", random.Random(1).randbytes(4000).replace(b"\0", b"\x01")],
)
def test_a_binary_file_is_a_row(tmp_path, content):
    make(tmp_path, {"a.py": content})
    assert read(tmp_path, "a.py") == [Skip("a.py", "binary file")]


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("Dockerfile", "FROM x", "dockerfile"),
        ("Makefile", "a:", "makefile"),
        ("bin/run", "#!/usr/bin/env python3\n", "python"),
        ("bin/go", "#!/bin/bash -e\n", "bash"),
        ("bin/n", "#! /usr/bin/env -S node --x\n", "javascript"),
        ("a.PY", "x", "python"),
        ("a.component.ts", "x", "typescript"),
        ("a.tsx", "x", "tsx"),
        ("a.h", "x", "c"),
        ("x.pkb", "x", "sql"),
        ("LICENSE", "x", None),
    ],
)
def test_the_language_is_told_by_name_or_first_line(tmp_path, name, text, language):
    make(tmp_path, {name: text})
    (document,) = read(tmp_path, name)
    assert isinstance(document, Document)
    assert document.language == language


def test_empty_files_are_nothing_and_large_ones_a_row(tmp_path):
    make(tmp_path, {"vide.py": "", "juste.py": "x" * 100, "gros.py": "x" * 101})
    found = listed(tmp_path, max_bytes=100)
    assert set(found) == {"juste.py", "gros.py"}
    assert found["gros.py"] == "(too large: 101 bytes, more than 100)"
    assert read(tmp_path, "gros.py", max_bytes=100) == [Skip("gros.py", "too large: 101 bytes, more than 100")]


def test_the_version_changes_with_the_file_and_only_then(tmp_path):
    make(tmp_path, {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    before = listed(tmp_path)
    assert listed(tmp_path) == before
    (tmp_path / "a.py").write_text("x = 2\n")
    after = listed(tmp_path)
    assert after["a.py"] != before["a.py"]
    assert after["b.py"] == before["b.py"]


def test_names_that_are_not_utf8_are_safe_text_and_can_be_read_back(tmp_path):
    odd = [b"caf\xe9.py", b"a\\xe9.py", b"a\\b.py", "é😀.py".encode(), b"new\nline.py"]
    for name in odd:
        Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))).write_bytes(name)
    found = listed(tmp_path)
    assert set(found) == {"caf\\xe9.py", "a\\\\xe9.py", "a\\\\b.py", "é😀.py", "new\nline.py"}
    "".join(found).encode("utf-8")
    for document in read(tmp_path, *found):
        assert isinstance(document, Document)
        assert document.version == found[document.native_id]


# ------------------------------------------------------------------ never outside


@pytest.fixture
def secret(tmp_path) -> Path:
    return make(tmp_path / "outside", {"secret.py": "SECRET\n", "deep/secret.py": "SECRET\n"})


def test_links_that_leave_the_root_are_rows_and_are_not_followed(tmp_path, secret):
    root = make(tmp_path / "root", {"a.py": "a\n"})
    (root / "file.py").symlink_to(secret / "secret.py")
    (root / "folder").symlink_to(secret)
    (root / "relative.py").symlink_to("../outside/secret.py")
    (root / "nowhere").symlink_to("absent")
    (root / "gone").symlink_to("/absent/for/sure")
    found = listed(root)
    assert {name: found[name] for name in found if name != "a.py"} == {
        "file.py": "(symlink leaves the root)",
        "folder": "(symlink leaves the root)",
        "relative.py": "(symlink leaves the root)",
        "gone": "(symlink leaves the root)",
        "nowhere": "(symlink leads nowhere)",
    }


def test_links_inside_the_root_are_not_followed_twice_and_loops_end(tmp_path):
    make(tmp_path, {"src/a.py": "a\n"})
    (tmp_path / "again.py").symlink_to("src/a.py")
    (tmp_path / "src" / "up").symlink_to("..")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    found = listed(tmp_path)
    assert set(found) == {"src/a.py", "one", "two"}
    assert found["one"] == "(symlink leads nowhere)"


def test_a_root_that_is_a_link_is_read(tmp_path):
    make(tmp_path / "real", {"a.py": "a\n"})
    (tmp_path / "link").symlink_to("real")
    assert set(listed(tmp_path / "link")) == {"a.py"}


@pytest.mark.parametrize(
    "native_id",
    ["../outside/secret.py", "a/../../outside/secret.py", "/etc/passwd", "", ".", "a//b", "a\0b", "..\\x2f.."],
)
def test_paths_made_up_never_lead_outside(tmp_path, secret, native_id):
    root = make(tmp_path / "root", {"a/b.py": "b\n"})
    (skip,) = read(root, native_id)
    assert isinstance(skip, Skip)


@pytest.mark.parametrize("replaced", ["src/a.py", "src"])
def test_what_is_replaced_by_a_link_after_the_listing_is_not_followed(tmp_path, secret, replaced):
    root = make(tmp_path / "root", {"src/a.py": "a\n"})
    source = CodeSource(REF, root)
    items = [item for item in source.scan() if isinstance(item, Item)]
    (root / "src").rename(tmp_path / "moved")
    make(secret, {"a.py": "SECRET\n"})
    if replaced == "src":
        (root / "src").symlink_to(secret)
    else:
        (root / "src").mkdir()
        (root / "src" / "a.py").symlink_to(secret / "a.py")
    (skip,) = source.read(items)
    assert isinstance(skip, Skip)
    assert skip.transient


def test_pipes_sockets_and_files_that_went_are_rows(tmp_path, monkeypatch):
    make(tmp_path, {"a.py": "a\n"})
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # the path of a socket has 107 bytes at most
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        found = listed(tmp_path)
    assert found.pop("pipe") == found.pop("socket") == "(not a regular file)"
    assert set(found) == {"a.py"}
    assert read(tmp_path, "pipe", "gone.py") == [
        Skip("pipe", "not a regular file any more", transient=True),
        Skip("gone.py", "gone since it was listed", transient=True),
    ]


# ------------------------------------------------------------------ what is left out


def test_ignore_files_of_every_level_and_of_the_work_tree_above_hold(tmp_path):
    top = work_tree(tmp_path)
    make(
        top,
        {
            ".gitignore": "*.log\n/app/build/\n!important.log\n",
            ".git/info/exclude": "local.py\n",
            "app/.gitignore": "!keep.log\n*.tmp\n",
            "app/a.py": "a",
            "app/a.log": "a",
            "app/keep.log": "a",
            "app/important.log": "a",
            "app/local.py": "a",
            "app/build/x.py": "a",
            "app/src/build/x.py": "a",
            "app/src/.gitignore": "*\n!*.py\n",
            "app/src/b.py": "b",
            "app/src/b.txt": "b",
        },
    )
    expected = {".gitignore", "a.py", "keep.log", "important.log", "src/b.py"}
    assert set(listed(top / "app")) == expected
    assert {name for name in listed(top) if name.startswith("app/")} == {f"app/{name}" for name in expected}


def test_without_a_work_tree_ignore_files_above_the_root_say_nothing(tmp_path):
    make(tmp_path, {".gitignore": "*\n", "app/.gitignore": "b.py\n", "app/a.py": "a", "app/b.py": "b"})
    assert set(listed(tmp_path / "app")) == {".gitignore", "a.py"}


def test_a_root_that_the_work_tree_above_leaves_out_is_read_all_the_same(tmp_path):
    make(work_tree(tmp_path), {".gitignore": "/data/\n", "data/code/a.py": "a"})
    assert set(listed(tmp_path / "data" / "code")) == {"a.py"}


def test_a_work_tree_inside_has_its_own_rules(tmp_path):
    make(work_tree(tmp_path), {".gitignore": "*.sql\n", "a.sql": "a", "lib/a.sql": "a", "lib/b.sql": "b"})
    make(work_tree(tmp_path / "lib"), {".git/info/exclude": "b.sql\n"})
    assert set(listed(tmp_path)) == {".gitignore", "lib/a.sql"}


def test_environments_caches_and_git_itself_are_never_entered(tmp_path):
    make(
        work_tree(tmp_path),
        {
            "a.py": "a",
            "env/pyvenv.cfg": "home = /usr\n",
            "env/lib/x.py": "x",
            "web/node_modules/x/index.js": "x",
            "pkg/__pycache__/x.py": "x",
            "sub/.git": "gitdir: ../.git/modules/sub\n",
            "sub/b.py": "b",
        },
    )
    assert set(listed(tmp_path)) == {"a.py", "sub/b.py"}


# fmt: off
PATTERNS = [
    "a", "b", "*", "**", "a*", "?", "*.py", "[ab]", "[!a]", "foo", "a.py", "\\*", "\\!a", "#a", "\\#a", "[]-]", "é",
    "*a*", "**a", "[a-c]*", "b.py", "à", "a ", "a\\ ", " a",
]
# fmt: on
NAMES = ["a", "b", "foo", "a.py", "b.py", "ab", "é", "!a", "#a", " a", "a ", "*", "c", "à"]


def _random_tree(chance: random.Random, top: Path) -> None:
    folders = [""]
    for _ in range(6):
        folders.append(f"{chance.choice(folders)}{chance.choice(NAMES)}/")
    for name in folders:
        (top / name).mkdir(parents=True, exist_ok=True)
    for name in folders:
        for leaf in chance.choices(NAMES, k=4):
            if not (top / name / leaf).exists():
                (top / name / leaf).write_text("x")
    for name in {*chance.choices(folders, k=2)}:
        lines = (_random_pattern(chance) for _ in range(chance.randint(1, 4)))
        (top / name / ".gitignore").write_bytes(chance.choice(["\n", "\r\n"]).join([*lines, ""]).encode())


def _random_pattern(chance: random.Random) -> str:
    pattern = "/".join(chance.choice(PATTERNS) for _ in range(chance.choice([1, 1, 1, 2, 2, 3])))
    ends = ("/" if chance.random() < 0.2 else "", "/" if chance.random() < 0.3 else "")
    return f"{'!' if chance.random() < 0.3 else ''}{ends[0]}{pattern}{ends[1]}"


@pytest.mark.skipif(GIT is None, reason="git is not installed: its own answer cannot be compared")
@pytest.mark.parametrize("seed", range(0, 120, 10))
def test_what_is_listed_is_what_git_would_list(tmp_path, seed):
    assert GIT is not None
    plain = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "HOME": str(tmp_path),
        "PATH": os.defpath,
    }
    for number in range(seed, seed + 10):
        top = tmp_path / str(number)
        top.mkdir()
        subprocess.run([GIT, "init", "-q", "."], cwd=top, env=plain, check=True)
        _random_tree(random.Random(number), top)
        others = [GIT, "ls-files", "-z", "--others", "--exclude-standard"]
        told = subprocess.run(others, cwd=top, env=plain, check=True, capture_output=True).stdout
        assert sorted(listed(top)) == sorted(name for name in told.decode().split("\0") if name)


# ------------------------------------------------------------------ part of a root


def test_a_subtree_is_listed_alone_with_the_rules_from_above(tmp_path):
    make(
        tmp_path, {".gitignore": "*.log\n", "a.py": "a", "x/b.py": "b", "x/b.log": "b", "x/y/c.py": "c", "z/d.py": "d"}
    )
    assert set(listed(tmp_path, subtree=Path("x"))) == {"x/b.py", "x/y/c.py"}
    assert set(listed(tmp_path, subtree=tmp_path / "x" / "y")) == {"x/y/c.py"}
    assert set(listed(tmp_path, subtree=Path("x/b.py"))) == {"x/b.py"}
    assert listed(tmp_path, subtree=Path("x"))["x/b.py"] == listed(tmp_path)["x/b.py"]


def test_a_subtree_that_is_left_out_says_so(tmp_path):
    make(tmp_path, {".gitignore": "/build/\n", "build/x/a.py": "a", "node_modules/b.js": "b"})
    for subtree in ("build/x", "node_modules"):
        assert listed(tmp_path, subtree=Path(subtree)) == {subtree: "(left out by its name or by a .gitignore)"}


@pytest.mark.parametrize("subtree", ["..", "../outside", "/", "link"])
def test_a_subtree_outside_is_refused(tmp_path, secret, subtree):
    root = make(tmp_path / "root", {"a.py": "a"})
    (root / "link").symlink_to(secret)
    with pytest.raises(InputError, match="outside"):
        CodeSource(REF, root, Path(subtree))


# ------------------------------------------------------------------ what cannot be read


def test_a_root_that_is_missing_or_no_folder_is_named(tmp_path):
    make(tmp_path, {"file": "x"})
    for root in (tmp_path / "absent", tmp_path / "file"):
        with pytest.raises(SourceError, match=root.name):
            list(CodeSource(REF, root).scan())
        with pytest.raises(SourceError, match=root.name):
            read(root, "a.py")
    with pytest.raises(SourceError, match="absent"):
        listed(tmp_path, subtree=Path("absent"))


@pytest.fixture
def without_rights() -> Iterator[Path]:
    """A folder of our own, and no right to look into what is closed even when the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    superuser = os.geteuid() == 0
    if superuser:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if superuser:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_a_closed_file_is_a_row_for_this_time(without_rights):
    make(without_rights, {"a.py": "a", "b.py": "b"})
    (without_rights / "b.py").chmod(0)
    assert set(listed(without_rights)) == {"a.py", "b.py"}
    assert read(without_rights, "b.py") == [Skip("b.py", "cannot be read: Permission denied", transient=True)]


def test_a_closed_folder_gives_the_rest_and_an_incomplete_listing(without_rights):
    make(without_rights, {"a.py": "a", "closed/b.py": "b", "z/c.py": "c"})
    (without_rights / "closed").chmod(0)
    found: list[Item | Skip] = []
    try:
        with pytest.raises(SourceError, match="closed"):
            found.extend(CodeSource(REF, without_rights).scan())  # keeps what came before the error
    finally:
        (without_rights / "closed").chmod(0o755)
    assert [one.native_id for one in found] == ["a.py", "closed", "z/c.py"]
    assert found[1] == Skip("closed", "folder cannot be read: Permission denied", transient=True)


def test_an_ignore_file_that_cannot_be_read_leaves_its_folder_out(without_rights):
    make(without_rights, {".gitignore": "secret.py\n", "secret.py": "s"})
    (without_rights / ".gitignore").chmod(0)
    found: list[Item | Skip] = []
    with pytest.raises(SourceError, match="not whole"):
        found.extend(CodeSource(REF, without_rights).scan())
    assert [type(one) for one in found] == [Skip]
