"""Clients who are late, each in their own way and language."""

from __future__ import annotations

from datetime import time

from portal.demo import telling
from portal.demo.days import Story
from portal.demo.tale import Tale
from portal.kinds import life
from portal.models.phone_rules import Calls, PhoneRules

INSURERS = {
    "what": "The launch cannot be kept as planned.\nThe list of insurers is not here, and the booking page asks for it first.",
    "date": "The launch moves by one week unless the list is here in two days.",
    "cost": "Nothing more, as long as it stays with one week.",
    "goal": "Patients can book online, only a week later.",
    "options": "Launch on the day without insurers; patients are asked by phone.\nMove the launch by one week.",
    "advice": "Launch without insurers. Most patients know theirs, and we add the list later.",
    "decision": "Which of the two, and whether the prices stand.",
}


def okafor(tale: Tale) -> Story:
    """Eleven working days late, two nudges, and the launch is near."""
    yield tale.at(-24, "11:00")
    tale.client("Okafor Dental", language="en", zone="Europe/London")
    tale.contact("chidi", "Dr. Chidi Okafor", "chidi@okafor-dental.example", phone="+44 20 7946 0123")
    tale.project("Booking page", ("Content", -23, -4), ("Price page", -10, 1), ("Launch", 4, 4))
    tale.ask("insurers", "files", "List of insurers", "Patients ask for it first.", stage="Content", holds="Launch", due=-11, minutes=6)
    tale.ask("prices", "approval", "Price page", "Read every line, please.", stage="Price page", holds="Launch", due=-5, minutes=6)
    tale.ask("team", "files", "Photos of the team", stage="Content", due=-16)
    tale.ask("hours", "questionnaire", "Opening hours and address", stage="Content", due=-17, minutes=4, quiz="hours")
    tale.send()
    yield tale.at(-20, "12:30")
    tale.signs_in("chidi")
    tale.hands_in("chidi", "team", "Dr Okafor.jpg", "The team.jpg")
    tale.answers(
        "chidi", "hours", street="14 Albion Row", town="London SE16", days=["mon", "tue", "wed", "thu", "fri"], opens="8:00 to 17:30"
    )
    tale.hands_in("chidi", "hours")
    telling.wants_calls(tale, "chidi", "+44 20 7946 0123", PhoneRules(Calls.HOURS, time(12), time(14)))
    yield tale.at(-19, "09:20")
    tale.does("mara", life.accept, "team")
    tale.does("mara", life.accept, "hours")
    yield tale.at(-9, "10:00")
    tale.nudges("mara")
    yield tale.at(-8, "13:15")
    tale.presents("prices", "All prices as of this autumn, with what the insurers pay.", "Price page.pdf")
    yield tale.at(-3, "09:30")
    tale.nudges("mara")
    yield tale.at(-1, "11:10")
    telling.bad_news(tale, "chidi", "prices", 2, **INSURERS)


def mori(tale: Tale) -> Story:
    """A decision that is due today, on the other side of the world."""
    yield tale.at(-14, "08:30")
    tale.client("森陶芸", language="ja", zone="Asia/Tokyo")
    tale.contact("kenji", "森 健司", "kenji@mori-togei.example")
    tale.project("オンラインショップ", ("準備", -13, -6), ("デザイン", -5, 1), ("撮影", 3, 4), ("公開", 18, 18))
    tale.ask(
        "page",
        "approval",
        "商品ページのデザイン",
        "ご確認のうえ、承認または修正点をお知らせください。",
        stage="デザイン",
        holds="撮影",
        due=0,
    )
    tale.ask("list", "files", "商品リスト", "価格と寸法がわかるもの。", stage="準備", due=-8, minutes=10)
    tale.ask("words", "files", "作品のことば", "一点ずつ、短い文章で。", stage="デザイン", holds="公開", due=6, minutes=30, lead_days=3)
    tale.send()
    yield tale.at(-11, "02:15")
    tale.signs_in("kenji")
    tale.hands_in("kenji", "list", "商品リスト.pdf")
    yield tale.at(-10, "09:45")
    tale.does("mara", life.accept, "list")
    yield tale.at(-7, "14:00")
    tale.presents("page", "写真を大きく、余白を広く。", "Yunomi.jpg")
    yield tale.at(-6, "01:40")
    tale.decides("kenji", "page", "changes", "器の寸法が見えるようにしてください。")
    yield tale.at(-2, "15:15")
    tale.presents("page", "寸法を写真のすぐ下に移しました。", "Yunomi.jpg")
    yield tale.at(-1, "03:20")
    tale.opens("kenji", "page")


def anadolu(tale: Tale) -> Story:
    """Began the questions and stopped in the middle."""
    yield tale.at(-18, "10:10")
    tale.client("Anadolu Tekstil", language="tr", zone="Europe/Istanbul", lead="deniz")
    tale.contact("elif", "Elif Kaya", "elif@anadolu-tekstil.example")
    tale.project("Kurumsal web sitesi", ("Hazırlık", -17, -3), ("Tasarım", 2, 12), ("Yayın", 30, 30))
    tale.ask(
        "about",
        "questionnaire",
        "Şirketiniz hakkında",
        "Beş kısa bölüm.",
        stage="Hazırlık",
        holds="Tasarım",
        due=-4,
        minutes=9,
        quiz="website",
    )
    tale.ask("catalogue", "files", "Ürün kataloğu", "PDF olarak.", stage="Hazırlık", holds="Tasarım", due=-4, lead_days=2)
    tale.ask("mark", "files", "Logonuz", "Mümkünse orijinal dosya.", stage="Hazırlık", due=-10, minutes=2)
    tale.send()
    yield tale.at(-15, "13:20")
    tale.signs_in("elif")
    tale.hands_in("elif", "mark", "Anadolu logo.png")
    yield tale.at(-14, "16:00")
    tale.does("deniz", life.accept, "mark")
    yield tale.at(-6, "09:05")
    tale.answers("elif", "about", who=["shops", "firms"], often="Kumaş numunesi gönderiyor musunuz?")
    yield tale.at(-3, "11:45")
    tale.nudges("deniz")
    yield tale.at(-2, "07:50")
    tale.opens("elif", "catalogue")


def alnoor(tale: Tale) -> Story:
    """Two days late with something that was sent back."""
    yield tale.at(-12, "09:00")
    tale.client("عيادات النور", language="ar", zone="Asia/Riyadh", lead="deniz")
    tale.contact("layla", "ليلى حداد", "layla@alnoor-clinics.example")
    tale.project("موقع العيادات", ("المحتوى", -11, 3), ("التصميم", 6, 16), ("الإطلاق", 34, 34))
    tale.ask("doctors", "files", "صور الأطباء", "صورة لكل طبيب.", stage="المحتوى", holds="التصميم", due=-2, lead_days=2)
    tale.ask("services", "files", "قائمة الخدمات", "بالعربية والإنجليزية.", stage="المحتوى", due=-6, minutes=15)
    tale.ask("licence", "files", "رخصة العيادة", stage="المحتوى", due=4, minutes=3)
    tale.send()
    yield tale.at(-10, "08:20")
    tale.signs_in("layla")
    tale.hands_in("layla", "services", "Services.pdf")
    tale.hands_in("layla", "doctors", "Clinic.jpg")
    yield tale.at(-9, "12:00")
    tale.does("deniz", life.accept, "services")
    tale.does("deniz", life.send_back, "doctors", "وصلتنا صورة المبنى فقط. هل يمكنكم إرسال صورة لكل طبيب؟")
    yield tale.at(-1, "10:30")
    tale.nudges("deniz")
