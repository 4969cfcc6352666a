"""What people in three countries write on requisitions and expense reports."""

PURCHASES = {
    "en_US": (
        ("IT_HARDWARE", "Docking stations for the new desks"),
        ("IT_HARDWARE", "27-inch monitors"),
        ("OFFICE_SUPPLIES", "Copier paper and toner"),
        ("SOFTWARE", "Design tool seats, annual"),
        ("PROFESSIONAL_SERVICES", "Contract review, second opinion"),
        ("ADVERTISING", "Trade-fair booth graphics"),
        ("TRAINING", "First-aid course for the floor wardens"),
        ("FACILITIES", "Repair of the loading-dock door"),
        ("TELECOM", "SIM cards for field staff"),
    ),
    "de_DE": (
        ("IT_HARDWARE", "Dockingstationen für neue Arbeitsplätze"),
        ("IT_HARDWARE", "Bildschirme 27 Zoll"),
        ("OFFICE_SUPPLIES", "Kopierpapier und Toner"),
        ("SOFTWARE", "Lizenzen Zeichenprogramm, ein Jahr"),
        ("PROFESSIONAL_SERVICES", "Gutachten Brandschutz"),
        ("ADVERTISING", "Messestand, Grafik und Aufbau"),
        ("TRAINING", "Ersthelfer-Lehrgang"),
        ("FACILITIES", "Reparatur Rolltor Halle 2"),
        ("TELECOM", "SIM-Karten für den Außendienst"),
    ),
    "ja_JP": (
        ("IT_HARDWARE", "新席用ドッキングステーション"),
        ("IT_HARDWARE", "27インチモニター"),
        ("OFFICE_SUPPLIES", "コピー用紙・トナー"),
        ("SOFTWARE", "デザインツール年間ライセンス"),
        ("PROFESSIONAL_SERVICES", "契約書レビュー"),
        ("ADVERTISING", "展示会ブース装飾"),
        ("TRAINING", "救命講習"),
        ("FACILITIES", "搬入口シャッター修理"),
        ("TELECOM", "営業用SIMカード"),
    ),
}

SPENDS = {
    "en_US": (
        ("HOTEL", "Two nights, customer visit"),
        ("AIRFARE", "Return flight, economy"),
        ("RAIL", "Train to the plant"),
        ("TAXI", "Airport to hotel"),
        ("MEALS", "Lunch with the customer"),
        ("MILEAGE", "Private car, plant and back"),
        ("OFFICE", "Adapters bought on the way"),
        ("PHONE", "Roaming"),
        ("TRAINING", "Workshop fee"),
    ),
    "de_DE": (
        ("HOTEL", "Zwei Nächte, Kundenbesuch"),
        ("AIRFARE", "Flug hin und zurück"),
        ("RAIL", "Bahnfahrt ins Werk"),
        ("TAXI", "Flughafen zum Hotel"),
        ("MEALS", "Verpflegungsmehraufwand"),
        ("MILEAGE", "Privatwagen, Werk und zurück"),
        ("OFFICE", "Adapter unterwegs gekauft"),
        ("PHONE", "Roaming"),
        ("TRAINING", "Seminargebühr"),
    ),
    "ja_JP": (
        ("HOTEL", "顧客訪問 2泊"),
        ("AIRFARE", "往復航空券"),
        ("RAIL", "工場まで新幹線"),
        ("TAXI", "空港からホテル"),
        ("MEALS", "顧客との昼食"),
        ("MILEAGE", "自家用車 工場往復"),
        ("OFFICE", "出張先でアダプター購入"),
        ("PHONE", "ローミング"),
        ("TRAINING", "研修参加費"),
    ),
}

WHY_NEW = {
    "en_US": ("Only maker of the spare part", "Cheaper than the one that we have", "Second source after the delays"),
    "de_DE": ("Einziger Hersteller des Ersatzteils", "Günstiger als bisher", "Zweite Quelle nach den Lieferverzügen"),
    "ja_JP": ("交換部品の唯一の製造元", "現行より安価", "納期遅延に備えた第二調達先"),
}

REFUNDS = {"en_US": "Refund: {}", "de_DE": "Erstattung: {}", "ja_JP": "返金 {}"}

TRIPS = {
    "en_US": ("Customer visit", "Plant audit", "Trade fair", "Quarterly review"),
    "de_DE": ("Kundenbesuch", "Werksaudit", "Messe", "Quartalsgespräch"),
    "ja_JP": ("顧客訪問", "工場監査", "展示会", "四半期会議"),
}

MERCHANTS = {
    "en_US": ("Harbor Inn", "Blue Cab", "Northline Rail", "Corner Diner", "Citylight Hotel"),
    "de_DE": ("Hotel am Markt", "Taxi Zentrale", "Regionalbahn", "Gasthof Linde", "Bürowelt"),
    "ja_JP": ("駅前ホテル", "東西タクシー", "中央鉄道", "食堂さくら", "文具の森"),
}

TEXT_MAX = 256  # characters: what every field for a text promises

# What people also type, and what breaks in code that glues texts together, counts bytes or mirrors them.
WILD = (
    "Kabel 5\" \"grau\", 2' lang; 'sale' 100% \\ \\n",
    "<b>Fish & Chips</b> &amp; co. -- {0} ${HOME} %s",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 Team lunch \U0001f355\U0001f1ef\U0001f1f5 \u2708\ufe0f",
    "\u05e6\u05d9\u05d5\u05d3 \u05de\u05e9\u05e8\u05d3\u05d9 (A4, 80 g) \u0642\u0631\u0637\u0627\u0633\u064a\u0629",
    "Cafe\u0301 Zu\u0308rich, a\u0328\u0301 la carte Z\u0351\u036b\u0343A\u030d\u033fL\u0308\u0301",
    "=1+2;\uff34\uff4f\uff4b\uff59\uff4f \uff76\uff9e\uff97\uff7d \u00a0\u2003\u3000 \u2116 \ufb01n",
    "\U0001f4a1 " * 127 + "-\u00fc",
)
