"""Source code below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.errors import InputError, SourceError
from vigie.sources.code_files import NotAFile, decode, folder, names_of, read_file, safe_name
from vigie.sources.code_language import language_of
from vigie.sources.gitignore import Rules
from vigie.types import Document, Item, Skip, SourceRef, digest

MAX_BYTES = 1_000_000  # larger ones are data or generated; a megabyte is some 25,000 lines
READER = "1"  # changes whenever a same file may be read in another way
_NEVER = frozenset((".git", "node_modules", "__pycache__"))
_IGNORE_BYTES = 100_000_000  # git's own limit


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to list. `names` lead to it from the root, `at` from the top of its work tree, as in its rules."""

    names: tuple[str, ...]
    at: tuple[str, ...]
    rules: Rules


class CodeSource:
    """The files below `root`, or below `subtree` of it only.

    Left out without a row: what `.gitignore` files and `.git/info/exclude` leave out, up to the top of the work tree
    that the root is in; `.git`, `node_modules` and `__pycache__`; virtual environments (folders with a `pyvenv.cfg`);
    empty files; links to something inside the root, which is listed itself. A folder with a `.git` of its own begins
    a work tree with its own rules; rules from above that would leave out the root itself are not followed. Left out
    with a row: binary files, files over `max_bytes`, links that leave the root or lead nowhere, pipes, sockets and
    devices.

    Nothing outside the root is read but the ignore files above it. Native ids are POSIX paths relative to the root,
    bytes that are not UTF-8 as \\xNN and backslashes doubled. The version is made of the file's size, times and inode.

    Raises SourceError when the root cannot be read; at the end of a listing of which a folder could not be read, when
    all the rest has been given; InputError when `subtree` lies outside.
    """

    def __init__(self, ref: SourceRef, root: Path, subtree: Path | None = None, max_bytes: int = MAX_BYTES) -> None:
        self._ref = ref
        self._named = root
        self._root = Path(os.path.realpath(root))
        self._max_bytes = max_bytes
        self._subtree: tuple[str, ...] = ()
        if subtree is not None:
            inside = Path(os.path.realpath(self._root / subtree))
            if not inside.is_relative_to(self._root):
                raise InputError(f"{subtree} lies outside the code root {root}; name a folder below it.")
            self._subtree = inside.relative_to(self._root).parts

    @property
    def ref(self) -> SourceRef:
        return self._ref

    def scan(self) -> Iterator[Item | Skip]:
        """Every file that should be live. The text is not read: what turns out to be binary is said by `read`."""
        root = self._open_root()
        try:
            yield from self._walk(root)
        finally:
            os.close(root)

    def read(self, items: Iterable[Item]) -> Iterator[Document | Skip]:
        root = self._open_root()
        try:
            for item in items:
                yield self._read(root, item.native_id)
        finally:
            os.close(root)

    # -------------------------------------------------------------- listing

    def _open_root(self) -> int:
        try:
            return os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceError(f"The code root {self._named} cannot be read: {reason}. Correct CODE_ROOTS.") from error

    def _walk(self, root: int) -> Iterator[Item | Skip]:
        unread: list[str] = []
        pending = [self._top()]
        while pending:
            here = pending.pop()
            try:
                folders: list[_Folder] = []
                for below in self._list(root, here):
                    if isinstance(below, _Folder):
                        folders.append(below)
                    else:
                        yield below
                pending += reversed(folders)
            except FileNotFoundError:
                continue  # it went while the others were listed
            except OSError as error:
                path = safe_name("/".join(here.names)) or "."
                unread.append(path)
                yield Skip(path, f"folder cannot be read: {error.strerror or error}", transient=True)
        if unread:
            raise SourceError(
                f"The listing of the code root {self._named} is not whole: {', '.join(unread[:5])} cannot be read. "
                "Give the user that runs this the right to read it, or leave it out by a .gitignore."
            )

    def _list(self, root: int, here: _Folder) -> Iterator[Item | Skip | _Folder]:
        """What is directly in a folder; above the subtree, only the way down to it. Raises OSError."""
        with folder(root, here.names) as opened:
            with os.scandir(opened) as entries:
                found = {entry.name: entry for entry in entries}
            if here.names and "pyvenv.cfg" in found:
                return
            way = self._subtree[len(here.names) : len(here.names) + 1]
            if way and way[0] not in found:
                raise SourceError(
                    f"{'/'.join(self._subtree)} is not in the code root {self._named}: name what is there."
                )
            here = _with_rules(root, here, found.keys())
            for name in way or sorted(found):
                below = self._entry(here, found[name])
                if below is not None:
                    yield below
                elif way:
                    yield Skip(safe_name("/".join(self._subtree)), "left out by its name or by a .gitignore")

    def _entry(self, parent: _Folder, entry: os.DirEntry[str]) -> Item | Skip | _Folder | None:
        if entry.name in _NEVER:
            return None
        names, at = (*parent.names, entry.name), (*parent.at, entry.name)
        try:
            known = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        if parent.rules.ignored("/".join(at), stat.S_ISDIR(known.st_mode)):
            return None
        if stat.S_ISDIR(known.st_mode):
            return _Folder(names, at, parent.rules)
        path = "/".join(names)
        native_id = safe_name(path)
        if stat.S_ISLNK(known.st_mode):
            return self._link(path, native_id)
        if not stat.S_ISREG(known.st_mode):
            return Skip(native_id, "not a regular file")
        if known.st_size > self._max_bytes:
            return Skip(native_id, _too_large(known.st_size, self._max_bytes))
        return Item(native_id, self._version(known)) if known.st_size else None

    def _link(self, path: str, native_id: str) -> Skip | None:
        target = os.path.realpath(self._root / path)
        if not Path(target).is_relative_to(self._root):
            return Skip(native_id, "symlink leaves the root")
        return None if os.path.exists(target) else Skip(native_id, "symlink leads nowhere")

    def _version(self, known: os.stat_result) -> str:
        stats = (known.st_size, known.st_mtime_ns, known.st_ctime_ns, known.st_ino)
        return digest(READER, *map(str, stats))

    def _top(self) -> _Folder:
        """The root, with the rules of the work tree it lies in from above it."""
        top = next((above for above in (self._root, *self._root.parents) if _is_work_tree(above)), self._root)
        at = self._root.relative_to(top).parts
        if not at:
            return _Folder((), (), Rules())
        rules = Rules().below("", _bytes_above(top / ".git" / "info" / "exclude"))
        for depth in range(len(at)):
            rules = rules.below(_base(at[:depth]), _bytes_above(top.joinpath(*at[:depth]) / ".gitignore"))
            if rules.ignored("/".join(at[: depth + 1]), directory=True):
                return _Folder((), (), Rules())  # naming it as a root says that it is wanted
        return _Folder((), at, rules)

    # -------------------------------------------------------------- reading

    def _read(self, root: int, native_id: str) -> Document | Skip:
        names = names_of(native_id)
        if names is None:
            return Skip(native_id, "not a path below the root")
        try:
            data, known = read_file(root, names, self._max_bytes)
        except NotAFile:
            return Skip(native_id, "not a regular file any more", transient=True)
        except FileNotFoundError:
            return Skip(native_id, "gone since it was listed", transient=True)
        except OSError as error:
            return Skip(native_id, f"cannot be read: {error.strerror or error}", transient=True)
        if len(data) > self._max_bytes:
            return Skip(native_id, _too_large(max(known.st_size, len(data)), self._max_bytes))
        text = decode(data)
        if text is None:
            return Skip(native_id, "binary file")
        return Document(
            ref=self._ref,
            native_id=native_id,
            version=self._version(known),
            title=native_id,
            text=text,
            language=language_of(native_id, text),
            updated_at=datetime.fromtimestamp(known.st_mtime, UTC),
        )


def _too_large(size: int, limit: int) -> str:
    return f"too large: {size:,} bytes, more than {limit:,}"


# ------------------------------------------------------------------ ignore files


def _with_rules(root: int, here: _Folder, found: Collection[str]) -> _Folder:
    """With the ignore files of the folder itself; a work tree of its own begins anew. Raises OSError."""
    at, rules = here.at, here.rules
    if ".git" in found and _is_work_tree_below(root, here.names):
        at, rules = (), Rules().below("", _bytes_below(root, (*here.names, ".git", "info", "exclude")))
    if ".gitignore" in found:
        rules = rules.below(_base(at), _bytes_below(root, (*here.names, ".gitignore")))
    return _Folder(here.names, at, rules)


def _base(at: Sequence[str]) -> str:
    return "".join(f"{name}/" for name in at)


def _is_work_tree(path: Path) -> bool:
    """`.git` is a file in a submodule and in a linked work tree."""
    return (path / ".git" / "HEAD").exists() or (path / ".git").is_file()


def _is_work_tree_below(root: int, names: Sequence[str]) -> bool:
    with folder(root, names) as opened:
        for name in (".git/HEAD", ".git"):
            try:
                if stat.S_ISREG(os.stat(name, dir_fd=opened, follow_symlinks=False).st_mode):
                    return True
            except (FileNotFoundError, NotADirectoryError):
                continue
    return False


def _bytes_below(root: int, names: Sequence[str]) -> bytes:
    """An ignore file in the root; git does not follow one that is a link either."""
    try:
        return read_file(root, names, _IGNORE_BYTES)[0]
    except (FileNotFoundError, NotADirectoryError, NotAFile):
        return b""


def _bytes_above(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except OSError as error:
        raise SourceError(f"{path} cannot be read, so it is not known what to leave out: {error.strerror}.") from error
