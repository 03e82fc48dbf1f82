"""Exports as people have them: whatever is in the file, each record is read or its line is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from bson import Int64, ObjectId

from vigie.errors import SourceError
from vigie.sources import _export_bytes, _json_values, record_files
from vigie.sources.extjson import loads
from vigie.sources.record_files import RecordFile, list_collections
from vigie.types import Record, Skip, SourceRef


def read(tmp_path: Path, content: bytes | str, name: str = "runs.ndjson") -> tuple[list[Record], list[Skip]]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = list(RecordFile(SourceRef("records", path.stem), path).scan())
    return [r for r in found if isinstance(r, Record)], [s for s in found if isinstance(s, Skip)]


def bodies(records: list[Record]) -> list[dict]:
    return [dict(r.body) for r in records]


# ------------------------------------------------------------------ the folder


def test_one_collection_per_file_named_by_its_stem(tmp_path: Path) -> None:
    for name in ("b.ndjson", "a.b.json", "système$2026.CSV", "notes.txt", ".cache.json", "c.jsonl.gz"):
        (tmp_path / name).write_text("{}")
    found, skips = list_collections(tmp_path)
    assert [c.name for c in found] == ["a.b", "b", "système$2026"]
    assert skips == []


def test_a_name_already_taken_is_refused_by_name(tmp_path: Path) -> None:
    for name in ("runs.csv", "runs.json", "RUNS.ndjson", ".json", " .json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    found, skips = list_collections(tmp_path)
    assert [(c.name, c.path.name) for c in found] == [("RUNS", "RUNS.ndjson")]
    assert {s.native_id for s in skips} == {"runs.csv", "runs.json", ".json", " .json", "folder.json", "gone.json"}
    assert "already taken by RUNS.ndjson" in next(s.reason for s in skips if s.native_id == "runs.csv")


def test_decomposed_and_composed_names_are_one_name(tmp_path: Path) -> None:
    (tmp_path / "re\u0301sume\u0301.json").write_text("{}")
    (tmp_path / "r\u00e9sum\u00e9.csv").write_text("a\n1\n")
    found, skips = list_collections(tmp_path)
    assert [c.name for c in found] == ["r\u00e9sum\u00e9"]
    assert len(skips) == 1


def test_a_missing_folder_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        list_collections(tmp_path / "no")


# ------------------------------------------------------------------ JSON


def test_lines_become_records_and_keep_their_text(tmp_path: Path) -> None:
    records, skips = read(
        tmp_path, '\ufeff{"_id":{"$oid":"6a95fd6a1c6df7ddce00002e"},"n":1}\r\n\r\n \n{"_id":"b","n":2.5}'
    )
    assert skips == []
    assert [r.native_id for r in records] == ["6a95fd6a1c6df7ddce00002e", "b"]
    assert records[0].source_text == '{"_id":{"$oid":"6a95fd6a1c6df7ddce00002e"},"n":1}'
    assert records[0].body["_id"] == ObjectId("6a95fd6a1c6df7ddce00002e")
    assert loads(records[1].source_text) == records[1].body


def test_the_same_content_is_the_same_however_it_was_written(tmp_path: Path) -> None:
    relaxed = '{"_id":1,"n":5,"at":{"$date":"2026-01-01T00:00:00Z"},"x":null}'
    canonical = (
        '{"_id":{"$numberInt":"1"},"n":{"$numberLong":"5"},"at":{"$date":{"$numberLong":"1767225600000"}},"x":null}'
    )
    [[one], _], [[other], _] = read(tmp_path, relaxed), read(tmp_path, canonical)
    assert one.content == other.content
    assert one.content != read(tmp_path, relaxed.replace("5", "6"))[0][0].content
    odd, null = (read(tmp_path, relaxed.replace("null", text))[0][0] for text in ("NaN", "null"))
    assert odd.content != null.content
    assert loads(odd.source_text)["n"] == 5


def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = ['{"_id":1}', "{broken}", "[1,2]", '{"_id":2,"d":{"$date":"hier"}}', "\0\0\0", '{"a":"\0"}', '{"_id":3}']
    records, skips = read(tmp_path, "\n".join(lines) + "\n")
    assert [r.body["_id"] for r in records] == [1, 3]
    assert [s.native_id for s in skips] == ["line 2", "line 3", "line 4", "line 5", "line 6"]
    assert "not JSON" in skips[0].reason
    assert "$date" in skips[2].reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.ndjson", '{"_id":1}\n{"_id":2,"te', "looks cut: line 2"),
        ("a.ndjson", '{"_id":1,"te', "looks cut"),
        ("a.json", '[{"_id":1},{"_id":2}', "array is never closed"),
        ("a.json", '[\n{"_id":1},\n{"_id":2,"x":"', "document is never closed"),
        ("a.json", '{\n  "_id": 1,\n  "x": [', "document is never closed"),
        ("a.csv", "_id,x\n1,a\n2", "looks cut: its last line holds 1 of 2 values"),
        ("a.csv", '_id,x\n1,a\n2,"b\n', "quote that is never closed"),
        ("a.csv", "", "not even a header"),
        ("a.csv", "x,x\n1,2\n", "two columns are named 'x'"),
        ("a.csv", "a,a.b\n1,2\n", "contradict each other"),
        ("a.json", "PNG nothing here\nat all\n", "no record in it could be read"),
    ],
)
def test_a_file_that_is_not_whole_fails_as_a_whole(tmp_path: Path, name: str, content: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        read(tmp_path, content, name)
    assert str(caught.value).startswith(f"{name}: ")


DOCUMENTS = [{"_id": 1, "t": 'a "quoted" } ] \\'}, {"_id": 2, "n": {"l": [[], {}, [1, {"x": "é{"}]]}}, {"_id": 3}]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("block", [1, 2, 7, 1 << 20])
def test_arrays_and_printed_documents_are_cut_right_wherever_blocks_end(
    tmp_path: Path, indent: int | None, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_export_bytes, "BLOCK", block)
    array = json.dumps(DOCUMENTS, indent=indent)
    assert bodies(read(tmp_path, array, "a.json")[0]) == DOCUMENTS
    apart = "\n".join(json.dumps(d, indent=indent) for d in DOCUMENTS)
    assert bodies(read(tmp_path, apart, "a.json")[0]) == DOCUMENTS
    assert bodies(read(tmp_path, f"{array}\n{apart}", "a.json")[0])[:3] == DOCUMENTS


def test_a_single_printed_document_is_one_record(tmp_path: Path) -> None:
    assert bodies(read(tmp_path, json.dumps(DOCUMENTS[1], indent=4), "a.json")[0]) == [DOCUMENTS[1]]


def test_what_is_no_document_in_an_array_is_named(tmp_path: Path) -> None:
    records, skips = read(tmp_path, '[{"_id":1}, 17, {"_id": oops}, null, [3], {"_id":2}]', "a.json")
    assert [r.body["_id"] for r in records] == [1, 2]
    assert [s.native_id for s in skips] == ["document 2", "document 3", "document 4", "document 5"]


def test_an_empty_array_and_an_empty_file_hold_no_records(tmp_path: Path) -> None:
    assert read(tmp_path, "[]\n", "a.json") == ([], [])
    assert read(tmp_path, "", "a.ndjson") == ([], [])


def test_documents_over_the_limit_are_skipped_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = json.dumps({"_id": 2, "x": ["y" * 90] * 30})
    monkeypatch.setattr(_export_bytes, "BLOCK", 256)
    monkeypatch.setattr(_export_bytes.lines_together, "__defaults__", (1000,))
    monkeypatch.setattr(_json_values.Cutter.__init__, "__defaults__", (1000,))
    for content in (f'{{"_id":1}}\n{long}\n{{"_id":3}}\n', f'[{{"_id":1}},{long},{{"_id":3}}]'):
        records, skips = read(tmp_path, content)
        assert [r.body["_id"] for r in records] == [1, 3]
        assert len(skips) == 1
        assert "longer than 16 MB" in skips[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["a.ndjson", "a.json", "a.csv"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str, name: str) -> None:
    text = {
        "a.ndjson": '{"x":"écho €"}\n{"x":"b"}\n',
        "a.json": '[{"x":"écho €"},{"x":"b"}]',
        "a.csv": "x\nécho €\nb\n",
    }
    records, skips = read(tmp_path, text[name].encode(encoding), name)
    assert [r.body["x"] for r in records] == ["écho €", "b"]
    assert skips == []


@pytest.mark.parametrize("name", ["a.ndjson", "a.csv"])
def test_a_windows_line_is_kept_and_told(tmp_path: Path, name: str) -> None:
    content = '{"x":"ok"}\n{"x":"échec €"}\n' if name == "a.ndjson" else "x\néchec €\n"
    records, skips = read(tmp_path, content.encode("cp1252"), name)
    assert records[-1].body["x"] == "échec €"
    assert [s.native_id for s in skips] == ["line 2"]
    assert "Windows-1252" in skips[0].reason


def test_a_damaged_utf_16_file_fails_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="UTF-16"):
        read(tmp_path, '{"a":1}\n'.encode("utf-16")[:-1])


# ------------------------------------------------------------------ identity


def test_records_without_id_are_told_apart_by_content_and_number(tmp_path: Path) -> None:
    records, _ = read(tmp_path, '{"a":1}\n{"a":2}\n{"a":1}\n')
    first, second, third = (r.native_id for r in records)
    assert third == f"{first}-2"
    assert len({first, second, third}) == 3
    again, _ = read(tmp_path, '{"a":1}\n{ "a" : 1 }\n{"a":2}\n')
    assert {r.native_id for r in again} == {first, second, third}


def test_a_second_record_of_the_same_id_is_skipped_and_types_are_not_mixed_up(tmp_path: Path) -> None:
    oid = "6a95fd6a1c6df7ddce00002e"
    records, skips = read(
        tmp_path, f'{{"_id":"{oid}"}}\n{{"_id":{{"$oid":"{oid}"}}}}\n{{"_id":{{"$oid":"{oid}"}},"b":1}}\n'
    )
    assert len(records) == 2
    assert [s.native_id for s in skips] == ["line 3"]
    assert oid in skips[0].reason


def test_thousands_of_bad_lines_are_summed_up(tmp_path: Path) -> None:
    _, skips = read(tmp_path, '{"_id":1}\n' + "x\n" * 2500)
    assert len(skips) == 1001
    assert "1500 more" in skips[-1].native_id


# ------------------------------------------------------------------ CSV


def test_csv_columns_have_one_type_and_dotted_headers_nest(tmp_path: Path) -> None:
    content = (
        "_id,error.code,error.retry,ms,ratio,zip,ok,big,note\r\n"
        'ObjectId(6a95fd6a1c6df7ddce00002e),ORA-1,0,12,1.5,01234,true,30000000000,"two\r\nlines, ""quoted"""\r\n'
        "ObjectId(6a95fd6a1c6df7ddce00002f),401,2,-3,2,75001,False,1,\r\n"
    )
    records, skips = read(tmp_path, content, "a.csv")
    assert skips == []
    assert bodies(records) == [
        {
            "_id": ObjectId("6a95fd6a1c6df7ddce00002e"),
            "error": {"code": "ORA-1", "retry": 0},
            "ms": 12,
            "ratio": 1.5,
            "zip": "01234",
            "ok": True,
            "big": Int64(30000000000),
            "note": 'two\r\nlines, "quoted"',
        },
        {
            "_id": ObjectId("6a95fd6a1c6df7ddce00002f"),
            "error": {"code": "401", "retry": 2},
            "ms": -3,
            "ratio": 2.0,
            "zip": "75001",
            "ok": False,
            "big": 1,
        },
    ]
    assert isinstance(records[1].body["ratio"], float)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["nom", "message", "duree"], ["A", "un, deux; trois", "1"], ["B", "rien", "2"]]
    text = "\n".join(delimiter.join(f'"{v}"' for v in row) for row in rows) + "\n"
    assert bodies(read(tmp_path, text, "a.csv")[0])[0] == {"nom": "A", "message": "un, deux; trois", "duree": 1}


def test_a_row_of_another_width_is_named(tmp_path: Path) -> None:
    records, skips = read(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n", "a.csv")
    assert [r.body["a"] for r in records] == [1, 7]
    assert [(s.native_id, s.reason) for s in skips] == [
        ("line 3", "1 values for 2 columns"),
        ("line 4", "3 values for 2 columns"),
    ]


# ------------------------------------------------------------------ the file on disk


def test_the_state_changes_with_the_file_and_not_without(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"_id":1}\n')
    file = RecordFile(SourceRef("records", "a"), path)
    before = file.state()
    assert file.state() == before
    path.write_text('{"_id":2}\n')
    assert file.state() != before


def test_a_file_that_changes_while_it_is_read_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"_id":1}\n{"_id":2}\n')
    scan = RecordFile(SourceRef("records", "a"), path).scan()
    assert isinstance(next(scan), Record)
    os.utime(path, (1, 1))
    with pytest.raises(SourceError, match="changed while it was read"):
        list(scan)


def test_a_file_that_is_gone_is_a_source_error(tmp_path: Path) -> None:
    file = RecordFile(SourceRef("records", "a"), tmp_path / "a.ndjson")
    with pytest.raises(SourceError, match=r"a\.ndjson: No such file"):
        list(file.scan())
    with pytest.raises(SourceError, match=r"a\.ndjson: No such file"):
        file.state()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "a.json"
    with path.open("w") as out:
        out.write("[")
        out.writelines(json.dumps({"x": "y" * 1000, "n": i}, indent=1) + ",\n" for i in range(10_000))
        out.write("{}]")
    scan = RecordFile(SourceRef("records", "a"), path).scan()
    tracemalloc.start()
    try:
        count = sum(1 for _ in scan)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 10_001
    assert path.stat().st_size > 10_000_000 > 1.5 * peak


def test_the_limits_said_in_messages_are_those_applied() -> None:
    assert record_files.MAX_DOCUMENT == 16 * 1024 * 1024
