"""Clients who are in the middle of it, and what waits for the firm."""

from __future__ import annotations

from portal.demo import telling
from portal.demo.days import Story
from portal.demo.tale import Tale
from portal.demo.verdicts import finish, propose_rows
from portal.kernel.viewer import Role
from portal.kinds import life
from portal.kinds.questionnaires import judging

AMELIA = {"name": "Amelia Finch", "task": "Partner", "mail": "amelia@harbour-finch.example"}


def ben_thanh(tale: Tale) -> Story:
    """Promised a day, and is on time."""
    yield tale.at(-9, "07:15")
    tale.client("Bến Thành Coffee", language="vi", zone="Asia/Ho_Chi_Minh", lead="deniz")
    tale.contact("anh", "Nguyễn Minh Anh", "minhanh@benthanh-coffee.example")
    tale.project("Thực đơn trực tuyến", ("Nội dung", -8, 4), ("Thiết kế", 7, 14), ("Ra mắt", 25, 25))
    tale.ask("menu", "files", "Thực đơn hiện tại", "Ảnh chụp hoặc PDF.", stage="Nội dung", holds="Thiết kế", due=3, lead_days=2)
    tale.ask(
        "photos", "files", "Ảnh đồ uống", "Khoảng tám tấm.", stage="Nội dung", holds="Thiết kế", due=4, lead_days=2, spec={"min_count": 8}
    )
    tale.ask("hours", "questionnaire", "Giờ mở cửa và địa chỉ", stage="Nội dung", due=-3, minutes=4, quiz="hours")
    tale.send()
    yield tale.at(-7, "05:40")
    tale.signs_in("anh")
    tale.answers(
        "anh",
        "hours",
        street="12 Lê Lợi",
        town="Quận 1, TP. Hồ Chí Minh",
        days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        opens="7–22",
    )
    tale.hands_in("anh", "hours")
    yield tale.at(-6, "10:50")
    tale.does("deniz", life.accept, "hours")
    yield tale.at(-1, "06:20")
    tale.does("anh", life.promise, "photos", tale.days.on(3))
    tale.gives("anh", "photos", "Cà phê sữa đá.jpg", "Bạc xỉu.jpg")


def nordlicht(tale: Tale) -> Story:
    """Sent everything at once last night; the answers were looked at half."""
    yield tale.at(-8, "12:00")
    tale.client("Nordlicht Yoga", language="de", zone="Europe/Berlin", lead="jonas")
    tale.contact("svenja", "Svenja Petersen", "svenja@nordlicht-yoga.example")
    tale.project("Kursplan im Netz", ("Inhalte", -7, 1), ("Umsetzung", 3, 10), ("Start", 15, 15))
    tale.ask("plan", "files", "Der aktuelle Kursplan", "Als Tabelle oder PDF.", stage="Inhalte", holds="Umsetzung", due=-1, minutes=4)
    rooms = {"types": ["image"], "min_count": 3, "min_width": 900}
    tale.ask("rooms", "files", "Bilder der Räume", stage="Inhalte", holds="Umsetzung", due=0, spec=rooms)
    tale.ask("hours", "questionnaire", "Öffnungszeiten und Adresse", stage="Inhalte", due=0, minutes=4, quiz="hours")
    tale.ask("terms", "files", "Die Teilnahmebedingungen", stage="Inhalte", due=-3, minutes=3)
    tale.send()
    yield tale.at(-5, "19:30")
    tale.signs_in("svenja")
    tale.settles("terms", "svenja", "jonas", "Teilnahmebedingungen.pdf")
    yield tale.at(-1, "21:10")
    tale.hands_in("svenja", "plan", "Kursplan Winter.pdf", note="Ab Januar kommt donnerstags ein Kurs dazu.")
    tale.hands_in("svenja", "rooms", "Großer Raum.jpg", "Kleiner Raum.jpg", "Empfang.jpg")
    tale.answers("svenja", "hours", street="Am Hafen 9", town="24103 Kiel", days=["mon", "wed", "fri"], opens="17 bis 21 Uhr")
    tale.hands_in("svenja", "hours")
    telling.asks_for_a_call(
        tale, "svenja", "Der neue Kurs am Donnerstag: wie kommt er in den Plan?", "+49 431 5550 178", (1, 10), (2, 16), (3, 9)
    )
    yield tale.at(-1, "21:50")
    tale.does("jonas", judging.accept_answers, "hours", ["street", "town"])
    tale.does("jonas", judging.ask_again, "hours", "opens", "Gilt das auch freitags?")


def bergmann(tale: Tale) -> Story:
    """Wants changes to the letterhead, and has no photos at all."""
    yield tale.at(-13, "15:00")
    tale.client("Bergmann Steuerberatung", language="de", zone="Europe/Berlin")
    tale.contact("thomas", "Thomas Bergmann", "bergmann@bergmann-steuern.example")
    tale.contact("kanzlei", "Sabine Kurz", "kurz@bergmann-steuern.example", role=Role.CONTRIBUTE)
    tale.project("Neuer Auftritt", ("Gestaltung", -12, 5), ("Druck", 8, 9), ("Abschluss", 20, 20))
    tale.ask(
        "paper", "approval", "Briefbogen", "Bitte genau lesen, er geht in den Druck.", stage="Gestaltung", holds="Druck", due=-2, minutes=3
    )
    tale.ask("team", "files", "Fotos aus der Kanzlei", stage="Gestaltung", due=-5)
    tale.ask("names", "files", "Namen und Titel für die Visitenkarten", stage="Gestaltung", holds="Druck", due=-4, minutes=6)
    tale.send()
    yield tale.at(-11, "08:10")
    tale.signs_in("thomas")
    tale.signs_in("kanzlei")
    tale.hands_in("kanzlei", "names", "Visitenkarten.pdf")
    tale.does("thomas", life.not_available, "team", "Wir haben keine brauchbaren Fotos. Kennen Sie jemanden?")
    yield tale.at(-10, "13:40")
    tale.does("mara", life.accept, "names")
    yield tale.at(-5, "11:00")
    tale.presents("paper", "Der Name steht links, die Bank unten.", "Briefbogen.pdf")
    yield tale.at(-2, "17:45")
    tale.decides("thomas", "paper", "changes", "Die Telefonnummer ist noch die alte.")


def harbour(tale: Tale) -> Story:
    """One contact's address bounces, other answers are proposed that nobody has confirmed yet, and three decide together."""
    yield tale.at(-10, "10:30")
    tale.client("Harbour & Finch", language="en", zone="Europe/London", lead="jonas")
    tale.contact("amelia", "Amelia Finch", "amelia@harbour-finch.example")
    tale.contact("george", "George Harbour", "george@gone.harbour-finch.example", role=Role.CONTRIBUTE)
    tale.project("Client handbook", ("Text", -9, 2), ("Layout", 6, 13), ("Print", 22, 22))
    tale.ask("text", "files", "The text of the handbook", "A Word file is best.", stage="Text", holds="Layout", due=-1, minutes=10)
    tale.ask("cover", "files", "A picture for the cover", stage="Text", holds="Layout", due=4, lead_days=2)
    tale.ask(
        "who", "questionnaire", "Who is who at Harbour & Finch", stage="Text", holds="Layout", due=2, minutes=4, lead_days=2, quiz="who"
    )
    tale.ask("order", "confirmation", "Is this the right order of chapters?", stage="Text", due=-5, minutes=3)
    _decided_together(tale)
    tale.send()
    yield tale.at(-8, "09:50")
    tale.signs_in("amelia")
    tale.presents("order", "Welcome, Who we are, How we bill, Your first week, Words explained.")
    yield tale.at(-7, "16:05")
    tale.decides("amelia", "order", "right")
    tale.writes_rows(
        "amelia", "who", "team", AMELIA, {"name": "George Harbor", "task": "Partner"}, {"name": "Pat Lowe", "task": "Front desk"}
    )
    tale.answers("amelia", "who", count="12", call="+44 20 7946 0958", visits="yes", sure="4")
    tale.hands_in("amelia", "who")
    yield tale.at(-6, "11:40")
    tale.does("jonas", judging.accept_answers, "who", ["call", "visits", "sure"])
    ours = {"row1": AMELIA, "row2": {"name": "George Harbour", "task": "Partner"}, "row4": {"name": "Priya Nair", "task": "Front desk"}}
    tale.does("jonas", propose_rows, "who", "team", ours, "George as on your letterhead, and the desk as on your door.")
    tale.does("jonas", judging.correct, "who", "count", "14", reason="We counted the list you sent in spring.")
    tale.does("jonas", finish, "who", "Two small things before this goes to print.")
    yield from _answers_of_three(tale)
    yield tale.at(-1, "12:25")
    tale.hands_in("amelia", "text", "Handbook text.pdf", note="Chapter four is still rough.")


def _decided_together(tale: Tale) -> None:
    tale.contact("pat", "Pat Lowe", "pat@harbour-finch.example")
    tale.contact("priya", "Priya Nair", "priya@harbour-finch.example")
    of_three: dict[str, object] = {"rule": "some", "need": 2, "decide_days": 8, "important": True}
    in_order: dict[str, object] = {"rule": "order", "rounds": 2}
    why = "Two of you three are enough. It is an order for 1,140 pounds, so whoever answers is asked for a code."
    tale.ask("paper", "approval", "Offer of the printer", why, stage="Text", holds="Print", due=3, minutes=4, spec=of_three)
    why = "Amelia reads it first, then Pat."
    tale.ask("tone", "approval", "How we write", why, stage="Text", due=1, minutes=6, spec=in_order, whose=("amelia", "pat"))


def _answers_of_three(tale: Tale) -> Story:
    """Two of three until the offer ends, one after the other at the second go, and somebody who will be away."""
    yield tale.at(-5, "10:20")
    tale.signs_in("pat")
    tale.presents("tone", "We say you and we, and never utilise.")
    yield tale.at(-5, "15:10")
    tale.decides("amelia", "tone", "changes", "Partners would like a little less cheer in the part on fees.")
    yield tale.at(-3, "09:45")
    tale.presents("tone", "The part on fees is plainer now.")
    tale.presents("paper", "300 copies on uncoated paper, 1,140 pounds. The printer holds this price.", until=5)
    yield tale.at(-2, "08:35")
    tale.decides("amelia", "tone", "approved")
    tale.decides("pat", "paper", "approved")
    tale.is_away("amelia", "priya", "paper", 2, 9)
