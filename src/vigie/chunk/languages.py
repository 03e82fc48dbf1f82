"""The languages whose definitions are known, and how their trees name them. Parsers are made when first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from tree_sitter import Language, Node, Parser


@dataclass(frozen=True, slots=True)
class Grammar:
    """Node types of one language.

    `definitions` are definitions by themselves, `with_body` only where they have one (in C, `struct s x;` has none),
    `holders` where the value they give a name to is a function or a class, and they take more than a line;
    `wrappers` stand around a definition and belong to it (decorators, `export`, `template`).
    """

    module: str
    definitions: frozenset[str]
    function: str = "language"
    with_body: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    wrappers: frozenset[str] = frozenset()


def _types(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SCRIPT = _types(
    "function_declaration generator_function_declaration class_declaration method_definition "
    "abstract_class_declaration interface_declaration enum_declaration internal_module module"
)
_SCRIPT_HOLDERS = _types(
    "lexical_declaration variable_declaration expression_statement field_definition public_field_definition pair"
)
_C = _types("struct_specifier union_specifier enum_specifier")

GRAMMARS: dict[str, Grammar] = {
    "python": Grammar(
        "tree_sitter_python", _types("function_definition class_definition"), wrappers=_types("decorated_definition")
    ),
    "javascript": Grammar(
        "tree_sitter_javascript", _SCRIPT, holders=_SCRIPT_HOLDERS, wrappers=_types("export_statement")
    ),
    "typescript": Grammar(
        "tree_sitter_typescript",
        _SCRIPT,
        function="language_typescript",
        holders=_SCRIPT_HOLDERS | {"type_alias_declaration"},
        wrappers=_types("export_statement ambient_declaration"),
    ),
    "java": Grammar(
        "tree_sitter_java",
        _types(
            "class_declaration interface_declaration enum_declaration record_declaration method_declaration "
            "annotation_type_declaration constructor_declaration compact_constructor_declaration"
        ),
    ),
    "c": Grammar(
        "tree_sitter_c", _types("function_definition"), with_body=_C, wrappers=_types("type_definition declaration")
    ),
    "cpp": Grammar(
        "tree_sitter_cpp",
        _types("function_definition namespace_definition concept_definition"),
        with_body=_C | {"class_specifier"},
        wrappers=_types("type_definition declaration template_declaration"),
    ),
    "go": Grammar("tree_sitter_go", _types("function_declaration method_declaration type_declaration")),
    "bash": Grammar("tree_sitter_bash", _types("function_definition")),
    "sql": Grammar(
        "tree_sitter_sql",
        _types(
            "create_table create_view create_materialized_view create_function create_procedure create_trigger "
            "create_index create_type create_sequence create_schema create_database create_role create_policy"
        ),
        wrappers=_types("statement"),
    ),
}
GRAMMARS["tsx"] = Grammar(
    "tree_sitter_typescript",
    _SCRIPT,
    function="language_tsx",
    holders=GRAMMARS["typescript"].holders,
    wrappers=GRAMMARS["typescript"].wrappers,
)

_FUNCTIONAL = _types(
    "arrow_function function_expression generator_function class object_type union_type intersection_type"
)
_NAME_LENGTH = 100


@cache
def parser(language: str) -> Parser:
    """The parser of a language of GRAMMARS."""
    grammar = GRAMMARS[language]
    return Parser(Language(getattr(import_module(grammar.module), grammar.function)()))


def defined(node: Node, grammar: Grammar) -> Node | None:
    """The definition that `node` is or wraps, None when it is neither."""
    inner: Node | None = node
    for _ in range(3):
        if inner is None or inner.type not in grammar.wrappers:
            break
        inner = next((child for child in inner.named_children if _may_define(child, grammar)), None)
    return inner if inner is not None and _defines(inner, grammar) else None


def _may_define(node: Node, grammar: Grammar) -> bool:
    return node.type in grammar.wrappers or _defines(node, grammar)


def _defines(node: Node, grammar: Grammar) -> bool:
    if node.type in grammar.definitions:
        return True
    if node.type in grammar.with_body:
        return node.child_by_field_name("body") is not None
    return (
        node.type in grammar.holders
        and node.start_point.row < node.end_point.row
        and (value := _held(node)) is not None
        and value.type in _FUNCTIONAL
    )


def _held(node: Node) -> Node | None:
    """What a declaration, an assignment or a field gives a name to."""
    if node.type in ("lexical_declaration", "variable_declaration", "expression_statement"):
        first = next(iter(node.named_children), None)
        if first is None or first.type not in ("variable_declarator", "assignment_expression"):
            return None
        node = first
    return node.child_by_field_name("value") or node.child_by_field_name("right")


def name_of(node: Node) -> Node | None:
    """The node that names a definition, None for one without a name."""
    if node.type in ("lexical_declaration", "variable_declaration", "expression_statement", "type_declaration"):
        node = next((child for child in node.named_children if child.type != "comment"), node)
    if node.type.startswith("create_"):
        return next((child for child in node.named_children if child.type in ("object_reference", "identifier")), None)
    named = next((child for f in ("name", "left", "key") if (child := node.child_by_field_name(f))), None)
    while named is None and (inner := node.child_by_field_name("declarator")) is not None:
        node = inner
        if inner.child_by_field_name("declarator") is None:
            named = inner
    return named


def receiver_of(node: Node) -> str:
    """The type a Go method belongs to, "" for anything else."""
    receiver = node.child_by_field_name("receiver") if node.type == "method_declaration" else None
    if receiver is None:
        return ""
    words = text_of(receiver).strip("()").split()
    return words[-1].lstrip("*").split("[")[0] if words else ""


def text_of(node: Node) -> str:
    """The source of a node on one line, at most 100 characters."""
    return " ".join((node.text or b"")[: 4 * _NAME_LENGTH].decode("utf-8", "replace").split())[:_NAME_LENGTH]
