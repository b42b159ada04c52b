"""The description of structs and the records read by it."""

import pytest
from blend_writer import Writer

from render_manager.engines.blender.containers import DamagedError
from render_manager.engines.blender.dna import Dna, Record


class TestDna:
    def dna(self, **options: int | str) -> tuple[Writer, Dna]:
        writer = Writer(**options)  # type: ignore[arg-type]
        return writer, Dna(writer.dna(), writer.byte_order, writer.pointer_size)  # type: ignore[arg-type]

    @pytest.mark.parametrize("pointer_size", [4, 8])
    def test_offsets_of_arrays_pointers_and_functions(self, pointer_size: int) -> None:
        writer, dna = self.dna(pointer_size=pointer_size)

        scene = dna.struct("Scene")

        id_size = 3 * pointer_size + 72
        assert scene.size == writer.size("Scene")
        assert scene.field("matrix").offset == id_size
        assert scene.field("matrix").size == 24
        assert scene.field("callback").size == pointer_size
        assert scene.field("callback").is_pointer
        assert scene.field("camera").offset == id_size + 24 + pointer_size

    def test_unknown_names(self) -> None:
        dna = self.dna()[1]

        assert dna.index("Nothing") == -1
        with pytest.raises(DamagedError, match="Nothing"):
            dna.struct("Nothing")
        with pytest.raises(DamagedError, match="nothing"):
            dna.struct("Scene").field("nothing")

    def test_record_reads_by_type(self) -> None:
        writer, dna = self.dna(byte_order=">", pointer_size=4)
        data = writer.data(
            "Scene", {"id.name": "SCÄ", "camera": 0xDEADBEEF, "r.frs_sec_base": 1.5, "r.sfra": -3}
        )
        record = Record(dna, dna.struct("Scene"), data)

        assert record.pointer("camera") == 0xDEADBEEF
        assert record.inner("id").text("name") == "SCÄ"
        assert record.inner("r").real("frs_sec_base") == 1.5
        assert record.inner("r").integer("sfra") == -3
        assert not record.has("nothing")

    @pytest.mark.parametrize(
        ("method", "name"),
        [
            ("integer", "camera"),
            ("integer", "id"),
            ("pointer", "use_nodes"),
            ("inner", "camera"),
            ("inner", "matrix"),
        ],
    )
    def test_record_refuses_a_field_of_another_type(self, method: str, name: str) -> None:
        writer, dna = self.dna()
        record = Record(dna, dna.struct("Scene"), writer.data("Scene", {}))

        with pytest.raises(DamagedError):
            getattr(record, method)(name)

    def test_text_that_is_no_utf8_is_shown_all_the_same(self) -> None:
        writer, dna = self.dna()
        record = Record(dna, dna.struct("ID"), writer.data("ID", {"name": b"SC\xff\xfeab\0junk"}))

        assert record.text("name") == "SC��ab"
