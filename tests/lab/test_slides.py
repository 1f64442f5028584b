"""Slides of a chapter: one page that stands alone."""

import pytest

from course.lab import slides
from course.lab.notebooks import chapters


def text(source):
    return {"cell_type": "markdown", "source": source}


def run(source, **data):
    return {"cell_type": "code", "source": source, "outputs": [{"data": data}] if data else []}


def test_each_heading_and_each_run_is_a_slide_and_code_is_folded():
    page = slides.page([text("# Title\n\nFirst.\n\n## Second\n\nMore."), run("x", **{"text/plain": "1 < 2"})])

    assert page.count("<section") == 3
    assert "<title>Title</title>" in page
    assert "<pre>1 &lt; 2</pre><details><summary>the code</summary>" in page


def test_code_that_shows_nothing_is_open():
    assert "<details open>" in slides.page([text("# T"), run("def program(host): ...")])


@pytest.mark.parametrize("source", ['predict("lunch", "?")', 'check("q", "?")'])
def test_what_a_student_would_write_is_no_slide(source):
    assert slides.page([text("# T"), run(source, **{"text/plain": "No prediction yet"})]).count("<section") == 1


def test_an_answer_stands_above_its_explanation():
    page = slides.page(
        [text("# T"), run('reveal("lunch", run)', **{"text/html": "<p>(d)</p>"}), text("Both returned.")]
    )

    assert page.count("<section") == 2
    assert page.index("(d)") < page.index("Both returned.")


def test_answers_to_two_questions_in_a_row_both_stand_there():
    asked = [run(f'reveal("{name}", run)', **{"text/html": f"<p>({name})</p>"}) for name in "ab"]
    page = slides.page([text("# T"), *asked, text("Both returned.")])

    assert page.count("<section") == 2
    assert page.index("(a)") < page.index("(b)") < page.index("Both returned.")


def test_a_link_to_another_chapter_is_its_name():
    assert 'See <a href="https' not in slides.rendered("See [05](05-handshake.ipynb).")
    assert "See 05." in slides.rendered("See [05](05-handshake.ipynb).")


@pytest.mark.parametrize("chapter", chapters())
def test_the_slides_of_every_chapter_ask_nobody(chapter, tmp_path):
    page = slides.save(chapter, tmp_path).read_text(encoding="utf-8")

    assert page.count("<section") > 3
    assert not [word for word in ('src="http', "src='http", "@import", "<link", 'src="//') if word in page]


@pytest.mark.browser
def test_by_keyboard_one_goes_from_slide_to_slide_and_nothing_is_wider_than_the_screen(page, tmp_path):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(slides.save("05-handshake", tmp_path).as_uri())
    many = page.locator("section").count()

    for number in range(1, many + 1):
        assert page.locator("section.now").count() == 1
        assert page.text_content("#where") == f"{number} / {many}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), number
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    assert page.text_content("#where") == f"1 / {many}"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
