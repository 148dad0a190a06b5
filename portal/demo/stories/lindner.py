"""Lindner Bakery: the client whose sign-in link the demo prints. Four things wait for Rosa."""

from __future__ import annotations

from portal.demo import agreeing, ground, talking, telling
from portal.demo.days import Story, together
from portal.demo.tale import Tale
from portal.kernel.viewer import Role
from portal.kinds import life

WIDE, BRIEF = {"min_width": 1200}, {"max_pages": 2}  # what would be good
PHOTOS = ("photo-loaf.jpg", "photo-rolls.jpg", "photo-rings.jpg")


def story(tale: Tale) -> Story:
    """Three weeks of a new website."""
    yield tale.at(-16, "09:40")
    tale.client("Lindner Bakery", language="en", zone="Europe/Berlin")
    tale.contact("rosa", "Rosa Lindner", "rosa@lindner-bakery.example")
    tale.contact("jakob", "Jakob Lindner", "jakob@lindner-bakery.example", role=Role.CONTRIBUTE)
    tale.project(
        "New website for Lindner Bakery",
        ("Kick-off", -15, -15),
        ("Content and design", -14, 4),
        ("Build", 5, 19),
        ("Your final check", 20, 25),
        ("Launch", 29, 29),
    )
    _decisions(tale)
    _things(tale)
    tale.send()
    yield tale.at(-15, "10:12")
    tale.signs_in("rosa")
    agreeing.agree(tale)
    ground.want(tale)
    tale.hands_in("rosa", "contract", "Contract signed.pdf")
    yield tale.at(-15, "15:30")
    tale.does("mara", life.accept, "contract")
    tale.presents("tone", "Warm and plain. We speak to neighbours, not to customers. No exclamation marks.")
    tale.presents("imprint", "Lindner Bakery, Rosa Lindner, Mill Street 4, 10437 Berlin. Open Tuesday to Sunday.")
    yield from together(_content(tale), _design(tale), _updates(tale), _talk(tale))


def _decisions(tale: Tale) -> None:
    design = "Content and design"
    tale.ask("tone", "approval", "Tone of voice", "How your website speaks.", stage="Kick-off", due=-12, minutes=3)
    proven = {"important": True}  # who answers shows once more who they are
    why = "The law asks for it."
    tale.ask("imprint", "confirmation", "Is this right for the imprint?", why, stage="Kick-off", due=-12, minutes=2, spec=proven)
    tale.ask(
        "home",
        "approval",
        "Homepage design",
        "We build the pages from it: now it is still easy to change.",
        stage=design,
        holds="Build",
        due=2,
        minutes=4,
    )
    tale.ask("sitemap", "approval", "Which pages there will be", "The plan of your website.", stage=design, due=-9, minutes=3)


def _things(tale: Tale) -> None:
    design = "Content and design"
    tale.ask("contract", "files", "The signed contract", "Both pages, a photo of them is fine.", stage="Kick-off", due=-14, minutes=2)
    tale.ask(
        "logo", "files", "Your logo", "For the page and the window.", stage=design, holds="Build", due=3, minutes=2, lead_days=2, spec=WIDE
    )
    tale.ask(
        "photos",
        "files",
        "Photos of your products",
        "Six photos: your bread as it looks in the shop.",
        stage=design,
        holds="Build",
        due=3,
        lead_days=2,
        spec={"types": ["image"], "min_count": 6, "max_count": 20},
    )
    tale.ask(
        "customers",
        "questionnaire",
        "About your customers",
        "5 short sections, mostly boxes to tick.",
        stage=design,
        holds="Build",
        due=3,
        minutes=9,
        lead_days=2,
        quiz="website",
    )
    tale.ask(
        "hours", "questionnaire", "Opening hours and address", "So that people find you.", stage=design, due=-2, minutes=4, quiz="hours"
    )
    tale.ask(
        "allergens", "files", "List of allergens", "The list in the shop, as a PDF or a photo.", stage=design, due=-1, minutes=3, spec=BRIEF
    )
    tale.ask("prices", "files", "Your price list", "The one on the counter will do.", stage=design, due=-8, minutes=2)
    tale.ask("shop", "files", "Photos of the shop", "Two or three, by day.", stage=design, due=-7)
    tale.ask("texts", "files", "The story of your bakery", "Half a page about where you come from.", stage=design, due=-6, minutes=20)
    tale.ask("van", "files", "A photo of the delivery van", stage=design, due=-4, minutes=3, required=False)


def _content(tale: Tale) -> Story:
    yield tale.at(-13, "08:05")
    tale.decides("rosa", "tone", "approved")
    tale.decides("rosa", "imprint", "right")
    yield tale.at(-12, "14:20")
    tale.presents("sitemap", "Home, Bread, Cakes, Our shop, Order. Five pages, each reachable with one tap.")
    yield tale.at(-11, "19:48")
    tale.decides("rosa", "sitemap", "approved")
    ground.assume(tale)
    ground.rank(tale)
    tale.hands_in("rosa", "prices", "Price list autumn.pdf")
    yield tale.at(-10, "10:05")
    tale.does("mara", life.accept, "prices")
    yield tale.at(-9, "17:22")
    tale.signs_in("jakob")
    tale.hands_in("jakob", "shop", "Shop front.jpg", "Counter.jpg", "Oven.jpg", note="The second one was taken at six in the morning.")
    tale.hands_in("rosa", "texts", "Our story draft.pdf")
    agreeing.order_form(tale)
    yield tale.at(-8, "11:30")
    tale.does("mara", life.accept, "shop")
    tale.does("mara", life.send_back, "texts", "This is the old brochure. Could you write half a page about how it all began in 1958?")
    yield tale.at(-6, "20:40")
    tale.hands_in("rosa", "texts", "How it began.pdf", note="My grandmother told it like this.")
    ground.answer(tale)
    yield from _these_days(tale)


def _these_days(tale: Tale) -> Story:
    yield tale.at(-5, "09:10")
    tale.does("mara", life.accept, "texts")
    tale.does("mara", life.waive, "van")
    yield tale.at(-4, "18:15")
    tale.hands_in("rosa", "logo", "logo-lindner.png")
    yield tale.at(-3, "10:40")
    tale.does("mara", life.send_back, "logo", "This file is a little small for the shop window. Do you have the original: SVG, AI or PDF?")
    yield tale.at(-3, "16:10")
    tale.nudges("mara")
    agreeing.french(tale)
    ground.one_more(tale)
    yield tale.at(-2, "07:35")
    tale.gives("rosa", "photos", *PHOTOS)
    yield tale.at(-1, "17:05")
    tale.answers(
        "rosa",
        "hours",
        street="Mill Street 4",
        town="10437 Berlin",
        days=["tue", "wed", "thu", "fri", "sat", "sun"],
        opens="06:30 to 18:00",
    )
    tale.hands_in("rosa", "hours")
    tale.hands_in("rosa", "allergens", "Allergens.pdf")


def _design(tale: Tale) -> Story:
    yield tale.at(-7, "16:00")
    tale.presents("home", "The first idea: bread large, words small.", "Homepage 1.jpg")
    yield tale.at(-6, "21:02")
    tale.decides("rosa", "home", "changes", "Lovely, but where do people see when we are open?")
    yield tale.at(-4, "15:25")
    tale.presents("home", "Opening hours now stand at the very top.", "Homepage 2.jpg")
    yield tale.at(-3, "20:15")
    tale.comments("rosa", "home", "Please make this button a different colour, it looks like an advert.", at=(88, 11))
    tale.comments("rosa", "home", "Could my grandmother be in this picture?", at=(55, 40))
    tale.decides("rosa", "home", "changes")
    yield tale.at(-2, "11:20")
    note = "The plan as we talked it through on Monday, and the offer for the photographer."
    tale.sends_files(note, "Project plan.pdf", "Photographer.pdf")
    yield tale.at(-1, "15:50")
    became = {1: "The button is copper now, like your doors.", 2: "but The photo is only 300 dots wide. A larger one would fit."}
    tale.presents("home", "The order button is copper now, and Sunday rolls have their line at the top.", "Homepage 3.jpg", became=became)
    tale.comments("deniz", "home", "Check the contrast of this line on small screens.", at=(30, 62), inside=True)
    asked = tale.comments("jakob", "home", "Does this change by itself on public holidays?", at=(50, 3))
    tale.replies("mara", "home", asked, "Yes. You enter the days once a year, the line does the rest.")


def _updates(tale: Tale) -> Story:
    yield tale.at(-10, "14:00")
    telling.update(tale)
    yield tale.at(-9, "08:20")
    telling.answer(tale, "rosa", "Thank you, that is good to read with the first coffee. Does the photographer come on a weekday?")
    yield tale.at(-5, "14:00")
    telling.update(tale, next="We draw the homepage anew with the opening hours at the top.\nYou see it by Friday.")


def _talk(tale: Tale) -> Story:
    yield tale.at(-9, "09:05")
    talking.writes(tale, "rosa", "Does the photographer come on a weekday? On Saturdays we have no hand free before two.")
    yield tale.at(-9, "11:40")
    talking.notes(tale, "deniz", "Lena has Wednesday and Thursday free next week. She asks for 380 € for half a day.")
    yield tale.at(-9, "14:10")
    talking.writes(tale, "mara", "She comes whenever it suits you. Would Thursday at six be too early? The light in the shop is best then.")
    yield tale.at(-9, "19:25")
    talking.writes(tale, "rosa", "Six is late for us :) Thursday is fine. Jakob opens the back door.")
    yield tale.at(-4, "17:50")
    talking.writes(tale, "rosa", "Is the logo from the paper bags good enough? I cannot find the file our printer made.", about="logo")
    yield tale.at(-3, "09:15")
    talking.notes(tale, "mara", "I call the printer: they keep files for ten years.", about="logo")
    talking.writes(tale, "mara", "It is a little small. I ask your printer for the original, you need not look for it.", about="logo")
    yield tale.at(-1, "18:30")
    talking.writes(tale, "jakob", "On the new homepage the opening hours are from last year. We close at half past six now.")
