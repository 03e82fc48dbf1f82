"""The language of a source file, by its name or its first line; the chunker knows some of these by the same names."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_SUFFIXES = {
    "python": "py pyi pyw",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "java": "java",
    "c": "c h",
    "cpp": "cc cpp cxx c++ hh hpp hxx h++ ipp tpp",
    "go": "go",
    "sql": "sql ddl dml pls plb pks pkb pkg prc fnc trg vw psql",
    "bash": "sh bash ksh zsh",
    "html": "html htm xhtml",
    "css": "css",
    "scss": "scss sass",
    "less": "less",
    "json": "json jsonc json5 ndjson jsonl",
    "yaml": "yaml yml",
    "toml": "toml",
    "ini": "ini cfg conf",
    "properties": "properties",
    "xml": "xml xsd xsl xslt wsdl svg",
    "markdown": "md markdown",
    "rst": "rst",
    "text": "txt log",
    "csv": "csv tsv",
    "kotlin": "kt kts",
    "scala": "scala",
    "groovy": "groovy gradle",
    "csharp": "cs",
    "ruby": "rb",
    "php": "php",
    "perl": "pl pm",
    "rust": "rs",
    "r": "r",
    "lua": "lua",
    "powershell": "ps1 psm1",
    "batch": "bat cmd",
    "cobol": "cob cbl cpy",
    "jcl": "jcl",
    "terraform": "tf tfvars",
    "protobuf": "proto",
    "graphql": "graphql gql",
    "vue": "vue",
    "awk": "awk",
}
_BY_SUFFIX = {suffix: language for language, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BY_NAME = {
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "makefile": "makefile",
    "gnumakefile": "makefile",
    "jenkinsfile": "groovy",
    "vagrantfile": "ruby",
    "gemfile": "ruby",
    "rakefile": "ruby",
    "procfile": "yaml",
    ".bashrc": "bash",
    ".bash_profile": "bash",
    ".profile": "bash",
    ".env": "properties",
}
_BY_INTERPRETER = {
    "python": "python",
    "sh": "bash",
    "bash": "bash",
    "dash": "bash",
    "ksh": "bash",
    "zsh": "bash",
    "node": "javascript",
    "deno": "typescript",
    "perl": "perl",
    "ruby": "ruby",
    "php": "php",
    "awk": "awk",
    "gawk": "awk",
}
_SHEBANG = re.compile(r"#![ \t]*(\S+)(?:[ \t]+(?:-\S+[ \t]+)*(\S+))?")


def language_of(path: str, text: str) -> str | None:
    """The language of a file, None when neither its name nor a `#!` line tells."""
    name = PurePosixPath(path).name.lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.startswith("dockerfile."):
        return "dockerfile"
    language = _BY_SUFFIX.get(name.rpartition(".")[2]) if "." in name else None
    if name.endswith((".mk", ".mak")):
        language = "makefile"
    return language or _by_shebang(text[:200])


def _by_shebang(head: str) -> str | None:
    match = _SHEBANG.match(head)
    if match is None:
        return None
    program = match[1].rpartition("/")[2]
    if program == "env" and match[2]:
        program = match[2].rpartition("/")[2]
    return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(program.rstrip("0123456789."))
