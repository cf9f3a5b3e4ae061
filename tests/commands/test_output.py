import json

from forven.commands.output import print_document, print_done, print_rows

ROWS = [{"a": 1, "b": None, "c": {"x": 1}}]


def test_rows_are_a_table_of_the_columns_asked_for(capsys):
    print_rows(ROWS, ("a", "c"), False, "nothing")
    assert capsys.readouterr().out.split() == ["a", "c", "1", '{"x":', "1}"]


def test_rows_as_json_are_whole(capsys):
    print_rows(ROWS, ("a",), True, "nothing")
    assert json.loads(capsys.readouterr().out) == ROWS


def test_no_rows_are_told_in_words_but_as_json_an_empty_list(capsys):
    print_rows([], ("a",), False, "nothing yet")
    assert capsys.readouterr().out == "nothing yet\n"
    print_rows([], ("a",), True, "nothing yet")
    assert json.loads(capsys.readouterr().out) == []


def test_a_document_is_a_line_for_each_value(capsys):
    print_document({"one_thing": True, "b": None}, False)
    assert capsys.readouterr().out == "one thing  yes\nb          \n"
    print_document({"a": [1]}, True)
    assert json.loads(capsys.readouterr().out) == {"a": [1]}


def test_an_action_is_told_in_a_sentence_or_as_its_answer(capsys):
    print_done({"status": "started"}, False, "one: started")
    assert capsys.readouterr().out == "one: started\n"
    print_done({"status": "started"}, True, "one: started")
    assert json.loads(capsys.readouterr().out) == {"status": "started"}
