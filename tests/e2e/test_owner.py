"""What an owner does: the first run, the settings of a site, sharing it."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.e2e.dashboard import SECOND, Dashboard
from tests.e2e.hosts import Pages, hosted
from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall
from tests.e2e.traffic import Traffic

NewVisitor = Callable[..., BrowserContext]


def test_the_first_site_is_created_and_goes_live_by_itself(
    dashboard: Dashboard, server: Footfall, api: Api
) -> None:
    page = dashboard.open().page
    dashboard.sign_in(ADMIN_TOKEN)
    form = page.get_by_test_id("new-site")
    form.get_by_label("Name").fill("Tea & Co")
    expect(form.get_by_label("Id")).to_have_value("tea-and-co")
    form.get_by_label("Id").fill("shop")
    form.get_by_role("button").click()

    expect(page).to_have_url(f"{server.url}/sites/shop")
    setup = page.get_by_test_id("setup")
    snippet = f'<script defer data-site="shop" src="{server.url}/footfall.js"></script>'
    expect(setup).to_contain_text(snippet)
    Traffic(server, api, "shop").view("/tea")
    dashboard.shows(1)
    expect(setup).to_be_hidden()
    expect(dashboard.row("active-pages", "/tea")).to_be_visible()


def test_a_first_run_says_why_nothing_arrives(
    dashboard: Dashboard, server: Footfall, new_visitor: NewVisitor
) -> None:
    page = dashboard.open().page
    dashboard.sign_in(ADMIN_TOKEN)
    form = page.get_by_test_id("new-site")
    form.get_by_label("Name").fill("Shop")
    form.get_by_label("Domain").fill("shop.example")
    form.get_by_role("button").click()
    setup = page.get_by_test_id("setup")
    with hosted(Pages(server.url).app()) as shop:
        address = setup.get_by_label("Check whether the snippet is on your page")
        expect(address).to_have_value("https://shop.example/")
        address.fill(f"{shop}/tea")
        setup.get_by_role("button", name="Check my page").click()
        expect(setup.get_by_text("The snippet is there.")).to_be_visible()
        address.fill(f"{server.url}/api/docs")
        setup.get_by_role("button", name="Check my page").click()
        expect(setup.get_by_text("Not yet: the page has no Footfall snippet")).to_be_visible()

        visitor = new_visitor().new_page()
        visitor.goto(f"{shop}/tea")
        drops = setup.get_by_test_id("drops")
        expect(drops).to_contain_text("1 event from 127.0.0.1, which is not a domain of this site.")
        drops.get_by_role("button", name="Add 127.0.0.1").click()
        expect(drops).to_contain_text("127.0.0.1 is now a domain of this site")
        visitor.reload()
        dashboard.shows(1)
        expect(setup).to_be_hidden()


def test_a_share_link_opens_one_site_until_it_is_revoked(
    dashboard: Dashboard, server: Footfall, api: Api, new_visitor: NewVisitor
) -> None:
    api.post("/sites", {"id": "shop", "name": "Tea & Co"})
    traffic = Traffic(server, api, "shop")
    traffic.view("/tea")
    page = dashboard.open("/sites/shop").page
    dashboard.sign_in(ADMIN_TOKEN)
    dashboard.shows(1)
    page.get_by_role("button", name="Settings").click()
    links = page.get_by_role("region", name="Share links")
    links.get_by_label("Label").fill("The <b>team</b>")
    links.get_by_role("button", name="Create link").click()
    address = links.get_by_test_id("share-link").locator("code").inner_text()
    expect(links.get_by_role("listitem")).to_contain_text("The <b>team</b>")

    friend = Dashboard(new_visitor().new_page(), server.url)
    friend.page.goto(address)
    friend.shows(1)
    traffic.view("/cups")
    friend.shows(2)
    assert friend.page.get_by_role("button", name="Settings").count() == 0

    links.get_by_role("button", name="Revoke The <b>team</b>").click()
    expect(links.get_by_role("group", name="Revoke The <b>team</b>?")).to_contain_text(
        "Everyone who uses this link loses access at once."
    )
    friend.shows(2)
    links.get_by_role("button", name="Revoke").click()
    expect(friend.page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=5 * SECOND)
    expect(friend.page.get_by_text("This link isn't valid, or was revoked.")).to_be_visible()
    friend.page.reload()
    expect(friend.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_settings_change_what_is_counted(
    dashboard: Dashboard, traffic: Traffic, server: Footfall, api: Api
) -> None:
    page = dashboard.open("/sites/shop?page=settings").page
    dashboard.sign_in(ADMIN_TOKEN)
    rules = page.get_by_role("region", name="Exclusions")
    rules.get_by_label("Excluded pages").fill("/admin/*\n/health")
    rules.get_by_role("button", name="Save").click()
    expect(rules.get_by_role("status")).to_have_text("Saved")
    goals = page.get_by_role("region", name="Goals")
    goals.get_by_label("Name").fill("Bought")
    goals.get_by_role("textbox", name="The page or event").fill("/thanks")
    goals.get_by_role("button", name="Add goal").click()
    expect(goals.get_by_role("listitem")).to_contain_text("Bought")

    goals.get_by_role("textbox", name="The page or event").fill("/thank")
    goals.get_by_role("combobox").select_option("Page begins with")
    expect(goals.get_by_test_id("trial")).to_have_text(
        "Would have matched 0 page views in the last 30 minutes."
    )
    site = page.get_by_role("region", name="Site")
    site.get_by_label("Domains").fill("https://shop.example/")
    site.get_by_role("button", name="Save").click()
    expect(site.locator("label", has_text="Domains").get_by_role("alert")).to_contain_text(
        "isn't a valid domain"
    )
    assert api.get("/sites/shop")["excludePaths"] == ["/admin/*", "/health"]
    traffic.view("/admin/users")
    traffic.view("/thanks")
    page.get_by_role("button", name="Back to live").click()
    dashboard.shows(1)
    expect(dashboard.row("goals", "Bought")).to_be_visible()

    page.get_by_role("button", name="Settings").click()
    rules.get_by_label("Excluded IP addresses").fill("not an address")
    rules.get_by_role("button", name="Save").click()
    expect(rules.get_by_role("alert")).to_contain_text("not an address")
    page.get_by_role("region", name="Remove").get_by_label("Type shop").fill("shop")
    page.get_by_role("button", name="Remove site").click()
    expect(page.get_by_text("Your first site")).to_be_visible()


def test_who_revokes_their_own_token_is_asked_and_signed_out(
    dashboard: Dashboard, server: Footfall, api: Api
) -> None:
    api.post("/sites", {"id": "shop", "name": "Tea & Co"})
    own = api.post("/tokens", {"scope": "admin", "name": "Mine"})
    page = dashboard.open("/?page=settings").page
    dashboard.sign_in(own["secret"])
    tokens = page.get_by_role("region", name="Tokens")
    expect(tokens.get_by_role("listitem")).to_contain_text("this session")
    tokens.get_by_role("button", name="Revoke Mine").click()
    expect(tokens.get_by_text("You are signed in with it.")).to_be_visible()
    expect(tokens.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tokens.get_by_role("button", name="Cancel")).to_have_count(0)

    tokens.get_by_role("button", name="Revoke Mine").click()
    tokens.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_private_site_is_embedded_with_a_token_made_in_place(
    dashboard: Dashboard, api: Api
) -> None:
    api.post("/sites", {"id": "shop", "name": "Tea & Co"})
    page = dashboard.open("/sites/shop?page=settings").page
    dashboard.sign_in(ADMIN_TOKEN)
    embed = page.get_by_role("region", name="Embed")
    embed.get_by_role("button", name="Create one").click()
    expect(embed).to_contain_text('<realtime-counter site="shop" token="ff_')
    links = page.get_by_role("region", name="Share links")
    expect(links.get_by_role("listitem")).to_contain_text("Embedded counter")
