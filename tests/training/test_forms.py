"""A record in other forms holds the record's own numbers, and text from outside is never markup."""

import io
import json
import math
import sys
import types
from html.parser import HTMLParser

import numpy as np
import pytest

from bptui import Network, Scenario, UpdateRecord
from bptui.engine import Weight
from bptui.engine.html import table
from bptui.training.forms import VECTORS


@pytest.fixture
def record() -> UpdateRecord:
    return Scenario.built_in("xor").begin().record(3)


def without_biases() -> UpdateRecord:
    return Scenario.from_arrays([[0.5, 1.0]], [[1.0]], [2, 3, 1], bias="none").begin().record(1)


class Cells(HTMLParser):
    """The texts of the cells, row by row; every tag that there is."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and data.strip():
            self.rows[-1][-1] += data


class TestTable:
    @pytest.mark.parametrize("layer", [1, 2])
    def test_it_holds_every_number_of_the_layer_at_its_address(self, record: UpdateRecord, layer: int) -> None:
        columns = record.table(layer)
        sizes = record.before.architecture.sizes
        assert {len(column) for column in columns.values()} == {(sizes[layer - 1] + 1) * sizes[layer]}
        for k, (source, unit) in enumerate(zip(columns["source"], columns["unit"], strict=True)):
            weight = Weight(layer, int(source), int(unit))
            assert columns["weight"][k] == weight.symbol
            assert [columns[name][k] for name in VECTORS] == [getattr(record, name)[weight] for name in VECTORS]

    def test_without_biases_there_is_no_row_of_one(self) -> None:
        assert (without_biases().table(1)["source"] >= 0).all()

    @pytest.mark.parametrize("layer", [-1, 0, 3])
    def test_another_layer_is_refused(self, record: UpdateRecord, layer: int) -> None:
        with pytest.raises(IndexError, match=f"no layer {layer}; there are 1 to 2"):
            record.table(layer)

    def test_a_frame_is_made_of_the_same_columns(self, record: UpdateRecord, monkeypatch: pytest.MonkeyPatch) -> None:
        pandas = types.ModuleType("pandas")
        pandas.DataFrame = dict  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "pandas", pandas)
        frame = record.to_frame(2)
        assert list(frame) == ["weight", "source", "unit", *VECTORS]
        assert frame["step"].tolist() == record.table(2)["step"].tolist()

    def test_pandas_itself_takes_them(self, record: UpdateRecord) -> None:
        pandas = pytest.importorskip("pandas")
        frame, table = record.to_frame(2), record.table(2)
        assert isinstance(frame, pandas.DataFrame)
        assert list(frame.columns) == list(table)
        for name, column in table.items():
            assert frame[name].tolist() == column.tolist()
        assert frame["step"].dtype == np.float64
        assert frame.set_index("weight").loc[table["weight"][0], "after"] == table["after"][0]

    def test_without_pandas_one_sentence_says_so(self, record: UpdateRecord, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(ImportError, match=r"^to_frame needs pandas \(pip install pandas\); table\(\) gives"):
            record.to_frame(1)


class TestPlainForms:
    def test_the_dictionary_survives_json(self, record: UpdateRecord) -> None:
        document = record.to_dict(per_sample=True)
        assert json.loads(json.dumps(document, allow_nan=False)) == document
        total = sum(np.array(sample["gradient"][0]["weights"]) for sample in document["samples"])
        assert np.allclose(total, record.summed.weights[0], rtol=1e-12, atol=1e-300)

    def test_the_arrays_survive_a_numpy_file(self, record: UpdateRecord) -> None:
        file = io.BytesIO()
        np.savez(file, **record.to_numpy())  # type: ignore[arg-type]
        file.seek(0)
        with np.load(file) as kept:
            assert kept["delta2"].tolist() == record.passed.delta[1].tolist()
            assert kept["x"].tolist() == record.passed.a[0].tolist()
            for name in VECTORS:
                parts = [kept[f"{name}_{kind}{layer}"].ravel() for layer in (1, 2) for kind in ("weights", "biases")]
                assert np.concatenate(parts).tolist() == getattr(record, name).flat.tolist()

    def test_the_arrays_cannot_change_the_record(self, record: UpdateRecord) -> None:
        for name, array in record.to_numpy().items():
            assert not array.flags.writeable, name

    def test_without_biases_there_are_no_arrays_of_them(self) -> None:
        assert not [name for name in without_biases().to_numpy() if "biases" in name]


class TestNotebook:
    def test_a_record_shows_its_update_and_its_samples(self, record: UpdateRecord) -> None:
        html = record._repr_html_()
        assert "update 3: epoch 3, batch 1 of 1, 4 samples" in html
        rows = Cells(html).rows
        assert rows[0] == ["layer", *(f"|{name}|" for name in VECTORS)]
        assert rows[1][0] == "1"
        assert float(rows[1][2]) == pytest.approx(
            math.hypot(*(float(np.linalg.norm(part)) for part in record.summed.layer(1))), rel=1e-5
        )
        assert [float(row[3]) for row in rows[4:]] == pytest.approx(record.passed.loss.tolist(), rel=1e-5)

    def test_a_small_network_shows_its_numbers(self, record: UpdateRecord) -> None:
        rows = Cells(record.before._repr_html_()).rows
        assert [row[0] for row in rows] == [
            "",
            "from x0",
            "from x1",
            "bias",
            "",
            *(f"from {i}" for i in range(len(rows) - 6)),
            "bias",
        ]
        assert [float(cell) for cell in rows[1][1:]] == pytest.approx(record.before.weights[0][0].tolist(), rel=1e-5)

    def test_a_large_network_shows_the_lengths_only(self) -> None:
        network = Scenario.built_in("digits").begin().start
        rows = Cells(network._repr_html_()).rows
        assert len(rows) == 1 + network.architecture.layers
        assert float(rows[1][3]) == pytest.approx(float(np.linalg.norm(network.weights[0])), rel=1e-5)

    def test_every_vector_of_a_record_shows_itself(self) -> None:
        record = without_biases()
        assert "bias" not in record.step._repr_html_()
        assert isinstance(record.after, Network)

    def test_a_batch_of_many_shows_the_first_samples(self) -> None:
        html = Scenario.built_in("digits").begin().record(1)._repr_html_()
        assert len(Cells(html).rows) < 20
        wide = Scenario.from_arrays(np.zeros((99, 1)), np.zeros((99, 40)), [1, 40], batch_size="all")
        html = wide.begin().record(1)._repr_html_()
        assert "the first 10 of 99 samples" in html
        assert "…" in html

    def test_a_scenario_shows_every_key_in_force(self) -> None:
        rows = dict(Cells(Scenario.built_in("xor")._repr_html_()).rows)
        assert rows["data.name"] == "xor"
        assert rows["training.reduction"] in ("mean", "sum")
        assert rows["network.layers"].startswith("2, ")

    def test_data_and_weights_in_numbers_are_only_counted(self) -> None:
        scenario = Scenario.from_arrays(np.zeros((50, 2)), np.zeros(50), [2, 1], weights=[[[0.125], [0.375]]])
        html = scenario._repr_html_()
        rows = dict(Cells(html).rows)
        assert (rows["data.x"], rows["network.weights"]) == ("50×2", "given in numbers")
        assert "0.375" not in html
        assert "network.init" not in rows

    def test_text_from_outside_is_never_markup(self) -> None:
        evil = "<script>alert('x')</script>&\""
        scenario = Scenario.from_arrays([[0.0], [1.0]], [evil, "b"], [1, 2], name=evil, units=[[evil], [evil, "c"]])
        record = scenario.begin().record(1)
        for html in (
            scenario._repr_html_(),
            record._repr_html_(),
            record.before._repr_html_(),
            table(evil, [evil], [[evil, evil]]),
        ):
            assert Cells(html).tags <= {"table", "caption", "tr", "th", "td"}
            assert "<script" not in html
        assert "&lt;script&gt;" in scenario._repr_html_()
