"""Statements of a .ma and their words."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_writers import quoted

from render_manager.engines.maya.codeset import Codeset
from render_manager.engines.maya.mel import (
    attribute_of,
    command,
    flag_value,
    next_statement,
    number,
    setting,
    words,
)
from render_manager.engines.maya.window import Window


def statements(data: bytes, codeset: str = "UTF-8", newline: bytes = b"\n") -> list[bytes]:
    window = Window(io.BytesIO(data), len(data), piece=8192)
    found, at = [], 0
    while (statement := next_statement(window, at, Codeset(codeset, newline))) is not None:
        found.append(statement.data)
        assert statement.end > at
        at = statement.end
    return found


class TestStatements:
    @pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
    def test_end_with_a_semicolon_wherever_lines_end(self, newline: bytes) -> None:
        data = newline.join([b"// a; comment", b"a", b"\tb;c d ;", b"", b"//", b"e;"])

        assert statements(data, newline=newline[-1:]) == [newline.join([b"a", b"\tb;"]), b"c d ;", b"e;"]

    def test_semicolons_in_texts_end_nothing(self) -> None:
        assert statements(rb'a "x;\";" ("y;"' + b'\n + "z");b;') == [
            rb'a "x;\";" ("y;"' + b'\n + "z");',
            b"b;",
        ]

    def test_text_that_never_ends_costs_one_line(self) -> None:
        assert statements(b'a "x;y\nb;c;') == [b'a "x;y\nb;', b"c;"]

    def test_backslash_at_the_end_of_a_line_escapes_no_line_end(self) -> None:
        assert statements(b'a "x\\\nb;c;') == [b'a "x\\\nb;', b"c;"]

    def test_last_one_without_semicolon(self) -> None:
        window = Window(io.BytesIO(b"a;b c"), 5)

        statement = next_statement(window, 2, Codeset(""))

        assert statement is not None
        assert (statement.data, statement.is_whole, statement.end) == (b"b c", False, 5)

    @pytest.mark.parametrize(
        "blank", [b" " * 20_000, b"//" + b"x;" * 20_000 + b"\n", b"\0" * 9000, b"//x\n" * 5000]
    )
    def test_long_stretches_of_nothing(self, blank: bytes) -> None:
        assert statements(b"a;" + blank + b"b;" + blank) == [b"a;", b"b;"]

    def test_long_ones(self) -> None:
        long = b"setAttr " + b"0.123 " * 100_000 + b";"

        assert statements(long + b"b;") == [long, b"b;"]

    def test_absurdly_long_ones_are_left_at_the_end_of_a_line(self) -> None:
        data = b"a " + b"0 1 2 3" * 2_500_000 + b";\nb;"
        window = Window(io.BytesIO(data), len(data))

        statement = next_statement(window, 0, Codeset(""))

        assert statement is not None
        assert data[statement.end :] == b"\nb;"
        assert len(statement.data) < 20 << 20


class TestCodesets:
    @pytest.mark.parametrize(
        ("codeset", "text"), [("932", "C:/表/予.png"), ("936", "D:/誠/俓.tif"), ("950", "功.exr")]
    )
    def test_second_bytes_that_look_like_a_backslash(self, codeset: str, text: str) -> None:
        data = f'setAttr ".ftn" -type "string" "{text[:-4]}";\nb;'.encode(f"cp{codeset}")
        assert b"\\" in data

        first, second = statements(data, codeset)

        found = setting(Codeset(codeset).decode(first), 100)
        assert found is not None and found.value == text[:-4]
        assert second == b"b;"

    def test_text_that_ends_with_such_a_byte(self) -> None:
        data = 'a "表";\nb "能";\nc;'.encode("cp932")

        assert [command(each) for each in statements(data, "932")] == [b"a", b"b", b"c"]

    def test_letters_escaped_byte_by_byte(self) -> None:
        data = b'a "' + "表".encode("cp932") + b'\\";\nb;'

        assert [command(each) for each in statements(data, "932")] == [b"a", b"b"]

    @pytest.mark.parametrize(
        ("name", "encoding"),
        [
            ("1252", "cp1252"),
            ("UTF-8", "utf-8"),
            ("65001", "utf-8"),
            ("ANSI_X3.4-1968", "utf-8"),
            ("EUC-JP", "euc_jp"),
            *(
                (bad, "utf-8")
                for bad in ("", "hex", "idna", "utf-16", "utf-7", "undefined", "037", "1\0", "é", "99999")
            ),
        ],
    )
    def test_only_code_sets_of_files_are_taken(self, name: str, encoding: str) -> None:
        assert Codeset(name).encoding == encoding

    def test_bytes_of_another_code_set_are_read_all_the_same(self) -> None:
        assert Codeset("1252").decode("Á".encode()) == "Á"
        assert Codeset("UTF-8").decode(b"\xff") == "\ufffd"


class TestWords:
    def test_quotes_and_escapes_go(self) -> None:
        found = words(r'file -r "a \"b\" \\c\n" -x y;')

        assert [word.text for word in found] == ["file", "-r", 'a "b" \\c\n', "-x", "y"]
        assert [word.is_quoted for word in found] == [False, False, True, False, False]

    @given(text=st.text(alphabet=st.characters(exclude_characters="\r\x85\u2028\u2029"), max_size=60))
    def test_every_text_comes_back(self, text: str) -> None:
        assert words(f"a {quoted(text)};")[1].text == text

    def test_value_of_a_flag(self) -> None:
        found = words('createNode camera -shared -name "-p" -p "x"')

        assert flag_value(found, "-n", "-name") == "-p"
        assert flag_value(found, "-p") == "x"
        assert flag_value(found, "-z") is None


class TestSettings:
    @pytest.mark.parametrize(
        ("text", "attribute", "value"),
        [
            ('setAttr ".fs" 1001;', "fs", 1001.0),
            ('setAttr -av ".pa" 1;', "pa", 1.0),
            ('setAttr -k on -cb on -l on -av -s 3 ".an" yes;', "an", 1.0),
            ('setAttr -k off ".v" no;', "v", 0.0),
            ('setAttr -keyable on -size 5 ".startFrame" -12.5e-1;', "startFrame", -1.25),
            ('setAttr -cb on ".ren" -type "string" "arnold";', "ren", "arnold"),
            ('setAttr -type "string" ".ren" "arnold";', "ren", "arnold"),
            ('setAttr ".b" -type "string" (\n\t\t"a;"\n\t\t+ "b\\n");', "b", "a;b\n"),
            ('setAttr ".ofc" -type "long" 1;', "ofc", 1.0),
            ('setAttr ".ifp" -type "string" "";', "ifp", ""),
            ('setAttr ".x" "quoted";', "x", "quoted"),
        ],
    )
    def test_single_values(self, text: str, attribute: str, value: str | float) -> None:
        found = setting(text, 100)

        assert found is not None
        assert (found.attribute, found.value) == (attribute, value)

    @pytest.mark.parametrize(
        "text",
        [
            'setAttr -av -k on ".fs";',
            'setAttr -k on ".an";',
            'setAttr -s 4 ".rlio";',
            'setAttr ".t" -type "double3" 0 1 2 ;',
            'setAttr ".vt[0:2]"  1 2 3;',
            'setAttr ".x" 1e999;',
            'setAttr ".x" rubbish;',
            "setAttr;",
            "setAttr -k;",
            'setAttr -type "string"',
        ],
    )
    def test_without_a_single_value(self, text: str) -> None:
        assert setting(text, 100) is None

    def test_long_texts_are_cut(self) -> None:
        found = setting(f'setAttr ".b" -type "string" "{"x" * 500}";', 100)

        assert found is not None and found.value == "x" * 100

    @pytest.mark.parametrize(
        ("data", "attribute"),
        [
            (b'setAttr -k on ".fs" 1;', "fs"),
            (b'setAttr -type "string" ".ftn" ".x";', "ftn"),
            (b'setAttr ".adjs[0].val" 1;', ""),
            (b"setAttr;", ""),
        ],
    )
    def test_attribute(self, data: bytes, attribute: str) -> None:
        assert attribute_of(data) == attribute

    @pytest.mark.parametrize("text", ["nan", "inf", "1e400", "0x10", "1_000", "--1", "", "true1"])
    def test_no_numbers(self, text: str) -> None:
        assert number(text) is None
