"""What readers do: search, choose, page, compare, all of it by keyboard too."""

import pytest

from tests.browser.archive import JAPANESE, TIED
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def titles(page) -> list[str]:
    found: list[str] = await page.locator("article.card h2").all_inner_texts()
    return found


async def test_the_keyboard_alone_finds_an_article(page):
    await page.goto("/")
    for _ in range(15):
        await page.keyboard.press("Tab")
        if await page.evaluate("() => document.activeElement.name === 'q'"):
            break
    await page.keyboard.type("lighthouse")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/news/search?*")
    assert await titles(page) == ["Lighthouse keeper retires"]
    assert await page.locator("mark").first.inner_text() == "Lighthouse"
    await page.locator("article.card a").first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/news/articles/4?*")
    assert await page.locator("h1").inner_text() == "Lighthouse keeper retires"


async def test_filters_narrow_a_search_and_stay_set(page):
    await page.goto("/news/search?q=paragraph")
    await page.locator("summary", has_text="Filters").click()
    await page.get_by_label("Paper").select_option("uplands")
    await page.get_by_label("Withdrawn").select_option("yes")
    await page.get_by_label("From (UTC day)").fill("2024-12-01")
    await page.locator("form.searching input[type=submit]").click()
    await page.wait_for_url("**gone=yes*")
    assert await titles(page) == ["Withdrawn: festival notice"]
    assert await page.get_by_label("Paper").input_value() == "uplands"
    await page.get_by_label("Until").fill("2024-12-02")
    await page.locator("form.searching input[type=submit]").click()
    await page.wait_for_url("**to=2024-12-02*")
    assert await titles(page) == []
    assert "Nothing found" in await page.locator(".zero-results").inner_text()


@pytest.mark.parametrize("order", ["", "newest"])
async def test_paging_a_search_neither_loses_nor_repeats_an_article(page, order):
    await page.goto(f"/news/search?q=tied&order={order}&kind=news")
    seen = []
    while True:
        seen += [await link.get_attribute("href") for link in await page.locator("article.card h2 a").all()]
        following = page.locator("a[rel=next]")
        if not await following.count():
            break
        await page.goto(await following.get_attribute("href"))  # which waits for all of the page, as a click does not
    assert len(seen) == len(set(seen)) == TIED + 1  # the hostile one says it too


async def test_paging_the_articles_neither_loses_nor_repeats_one(page):
    await page.goto("/news/articles?published_at=2024-12-05T00:00:00Z")
    seen = []
    while True:
        seen += [await link.get_attribute("href") for link in await page.locator("article.card :is(h2, h3) a").all()]
        following = page.get_by_role("link", name="Next page")
        if not await following.count():
            break
        await page.goto(await following.get_attribute("href"))  # which waits for all of the page, as a click does not
    assert len(seen) == len(set(seen)) == TIED


async def test_words_that_do_not_parse_are_explained_and_still_found(page):
    await page.goto("/news/search")
    await page.get_by_label("Words", exact=True).fill('storm "ferry')
    await page.keyboard.press("Enter")
    assert "A quotation mark is not closed" in await page.get_by_role("status").inner_text()
    assert "Storm closes the ferry line" in await titles(page)


async def test_words_of_a_script_without_blanks_are_found_inside_a_sentence(page):
    await page.goto("/news/search?q=渡し船")
    assert await titles(page) == [JAPANESE]
    assert await page.locator("mark").first.inner_text() == "渡し船"


async def test_an_edited_article_shows_what_was_added_and_removed(page):
    await page.goto("/news/articles/3")
    for closed in await page.locator("details:not([open]) > summary").all():
        await closed.click()
        if await page.locator("del:visible").count():
            break
    assert "Ferry stops" in " ".join(await page.locator("del, ins").all_inner_texts())


async def test_a_question_leads_on_to_its_articles(page):
    await page.goto("/news/silent_edits")
    await page.get_by_role("link", name="Storm closes the ferry line").click()
    await page.wait_for_url("**/news/articles/3")
    assert page.url.endswith("/news/articles/3")
    await page.goto("/news/stories")
    await page.goto("/news/story?story_id=100")
    assert await page.locator("tbody tr").count() == 3
    assert "Custom SQL query" not in await page.content()
    await page.locator("summary", has_text="SQL").click()
    assert "story_articles" in await page.locator("details.sql pre").inner_text()


async def test_a_search_becomes_a_watch_that_is_tried_saved_and_removed(page):
    await page.goto("/news/search?q=ferry&site=harbour")
    await page.get_by_role("link", name="Save it as a watch").click()
    assert await page.get_by_label("Papers").input_value() == "harbour"
    await page.get_by_label("Name").fill("Ferries")
    await page.get_by_label("gone").check()
    await page.get_by_label("Name").press("Enter")  # shows, and saves nothing yet
    await page.wait_for_url("**do=try*")
    assert await page.get_by_label("gone").is_checked()
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/watch")
    assert "“Ferries” is saved in watches.toml" in await page.locator(".message-info").inner_text()
    assert "new, gone · ferry · harbour → desk" in await page.locator("main").inner_text()
    await page.get_by_role("button", name="Send a test to desk").click()
    assert "desk did not take the test" in await page.get_by_role("alert").inner_text()
    await page.get_by_role("button", name="Remove the watch Ferries").click()
    await page.wait_for_url("**/watch")
    assert "“Ferries” is removed" in await page.locator(".message-info").inner_text()
    assert await page.get_by_role("button", name="Remove").count() == 0


async def test_keys_go_from_edit_to_edit_and_article_to_article(page):
    await page.goto("/news/articles?_size=8")
    listed = await titles(page)
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        await page.keyboard.press(key)
        assert await page.evaluate("() => document.activeElement.innerText") == listed[place]
    await page.keyboard.press("?")
    assert await page.get_by_role("dialog").is_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await page.keyboard.type("jk?")
    assert await page.evaluate("() => document.activeElement.value") == "jk?"
    assert not await page.get_by_role("dialog").is_visible()


async def test_filters_are_folded_on_a_phone_and_open_on_a_desk(page):
    await page.goto("/edits")
    assert await page.get_by_label("What changed").is_visible()
    await page.set_viewport_size(NARROW)
    await page.goto("/edits")
    assert not await page.get_by_label("What changed").is_visible()
    await page.locator("summary", has_text="Filters").click()
    await page.get_by_label("What changed").select_option("title")
    await page.get_by_role("button", name="Show").click()
    await page.wait_for_url("**field=title*")
    assert await page.get_by_label("What changed").is_visible()
