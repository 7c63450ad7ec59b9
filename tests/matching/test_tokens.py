"""The bundled encoder's tokenizer: every text of letters has rows, and the same ones always."""

from hypothesis import given
from hypothesis import strategies as st

from matching.tokens import MAX_CHARACTERS, GramTokenizer, grams

TOKENIZER = GramTokenizer(["电", "电工", "焊接工", "<welder>", "wel"], buckets=50)


def test_grams_of_chinese_are_characters_and_their_neighbours():
    """One, two and three neighbouring characters are grams; punctuation parts them."""
    found = list(grams("低压电，工"))

    assert {"低", "低压", "低压电", "工"} <= set(found)
    assert "电工" not in found


def test_grams_of_words_are_the_word_and_its_pieces():
    """A word is a gram with its bounds marked, beside its pieces of three and four signs."""
    found = list(grams("C++ Weld"))

    assert found[:6] == ["<c++>", "<c+", "c++", "++>", "<c++", "c++>"]
    assert found[6:] == ["<weld>", "<we", "wel", "eld", "ld>", "<wel", "weld", "eld>"]


def test_grams_fold_width_and_case():
    """Full-width and upper-case letters read as their plain form."""
    assert list(grams("ＣＮＣ操作")) == list(grams("cnc操作"))


def test_grams_of_numbers_are_not_cut():
    """A number has no pieces: 3000 is not a little like 300."""
    assert list(grams("3000")) == ["<3000>"]


def test_tokens_put_known_grams_in_their_rows():
    """A gram of the vocabulary has the row of its place there."""
    rows = TOKENIZER.tokens("电工").rows

    assert {0, 1} <= set(rows)


def test_tokens_put_unknown_grams_in_buckets():
    """An unknown character still has a row, after the vocabulary's."""
    rows = TOKENIZER.tokens("鱻").rows

    assert len(rows) == 1
    assert 5 <= rows[0] < TOKENIZER.size


def test_tokens_leave_unknown_triples_out():
    """Three characters have a row only when the vocabulary holds them."""
    known, unknown = TOKENIZER.tokens("焊接工"), TOKENIZER.tokens("焊工接")

    assert len(known.rows) == 6
    assert len(unknown.rows) == 5


def test_tokens_weigh_repeats_by_their_root():
    """A gram said four times weighs twice, not four times."""
    tokens = TOKENIZER.tokens("电 电 电 电")

    assert tokens.rows == [0]
    assert tokens.weights == [2.0]


def test_tokens_of_text_without_letters_are_none():
    """Signs and spaces alone have no rows."""
    assert TOKENIZER.tokens(" ，。!? \n").rows == []


def test_tokens_read_a_bounded_text():
    """What stands after the first 8,000 characters changes nothing."""
    text = "电 " * (MAX_CHARACTERS // 2)

    assert TOKENIZER.tokens(text + "焊接工") == TOKENIZER.tokens(text)


@given(st.text(max_size=60))
def test_tokens_are_within_the_table(text):
    """Any text gives rows of the table, each once, with a positive weight."""
    tokens = TOKENIZER.tokens(text)

    assert all(0 <= row < TOKENIZER.size for row in tokens.rows)
    assert len(set(tokens.rows)) == len(tokens.rows) == len(tokens.weights)
    assert all(weight >= 1 for weight in tokens.weights)


def test_tokenizer_reads_what_it_wrote(tmp_path):
    """A saved tokenizer gives the same rows, for known and unknown grams."""
    TOKENIZER.save(tmp_path)

    loaded = GramTokenizer.load(tmp_path)

    text = "低压电工 welder 鱻"
    assert loaded.tokens(text) == TOKENIZER.tokens(text)
