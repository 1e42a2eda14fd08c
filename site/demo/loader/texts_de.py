"""The texts of the demo in German."""

from uuid import uuid4

TITLE = "Gesunde Kultur mit Soziokratie"
KIND = "Gemeinschaft der Praxis für Führungskräfte"

SUMMARY = (
    "Sechs Treffen mit bis zu acht Menschen, die ihre Organisation in die Soziokratie führen: ein Ort für das, was "
    "schwierig ist, für Erfahrungen der anderen und für einen nächsten Schritt. Für Geschäftsführung, Vorstand und "
    "Leitung."
)
AUDIENCE = """
<p>Sie tragen das Ganze: als Geschäftsführerin, Vorstand oder Leiter. Ihre Organisation hat acht Menschen oder
achthundert, sie will Gewinn erzielen oder einer Sache dienen, sie steht bei ihrem ersten Kreis oder im zehnten
Jahr.</p>
<p>Mit den anderen im Raum verbindet Sie der Stuhl, auf dem Sie sitzen: Sie haben Macht und bringen eine Methode in
Ihre Organisation, die sie teilt.</p>
"""
PREREQUISITE = """
<p>Sie haben den Grundkurs in Soziokratie besucht, besuchen ihn gerade oder kennen dasselbe aus anderer Quelle: Kreise
und doppelte Verknüpfung, Konsent, Wahl im Konsent. Wir lehren die Grundlagen nicht, wir sprechen darüber, wie man mit
ihnen lebt. Alle Treffen finden auf Englisch statt.</p>
"""
POLICY = """
<p>Ihre Anzahlung hält Ihren Platz. Bis zum Ende des Tages, der auf dieser Seite als Stornierungsfrist steht, können
Sie stornieren und bekommen die ganze Anzahlung zurück. Danach behalten wir sie, weil wir den Platz dann kaum noch
vergeben können.</p>
<p>Der Restbetrag ist 14 Tage nach der Rechnung fällig, die kommt, sobald feststeht, dass genug Menschen teilnehmen.
Nach dem ersten Treffen werden Gebühren nicht erstattet; schreiben Sie uns bei Krankheit oder in einem Notfall, wir
finden einen fairen Weg.</p>
<p>Müssen wir das Programm absagen, bekommen Sie alles zurück, was Sie gezahlt haben.</p>
"""
GROUPS = {"Americas": "Amerika", "Australasia": "Australien"}


def _items(*values: dict[str, str]) -> list[dict[str, object]]:
    return [{"type": "item", "id": str(uuid4()), "value": value} for value in values]


BODY = {
    "benefits": {
        "heading": "Was Sie mitnehmen",
        "items": _items(
            {"title": "Erfahrungen", "text": "<p>Hören Sie, was andere im letzten Monat versucht haben.</p>"},
            {"title": "Offene Worte", "text": "<p>Legen Sie eine Entscheidung vor, bevor Sie sie verkünden.</p>"},
            {"title": "Ein weiter Blick", "text": "<p>Sehen Sie Ihre Organisation mit fremden Augen.</p>"},
            {"title": "Verbindlichkeit", "text": "<p>Sagen Sie, was Sie tun werden, und werden Sie gefragt.</p>"},
            {"title": "Eigene Wirkung", "text": "<p>Merken Sie, was Ihr Ton und Ihre Eile in Kreisen bewirken.</p>"},
            {"title": "Nicht allein", "text": "<p>Wenige sitzen, wo Sie sitzen. Hier sitzen alle dort.</p>"},
        ),
    },
    "quotation": {
        "text": (
            "In den Jahren, in denen mein Unternehmen zur Soziokratie überging, hatte ich Berater, Bücher und einen "
            "geduldigen Vorstand. Mir fehlte ein Raum voller Menschen, die es wie ich verantworten mussten."
        ),
        "source": "Evan Miller",
        "role": "Begleiter, damals Geschäftsführer eines Softwareunternehmens",
    },
    "text": (
        "<h2>Wie die sechs Treffen ablaufen</h2><p>Jedes Treffen dauert bis zu drei Stunden. Nach einer Runde bringen "
        "zwei oder drei etwas ein, in dem sie gerade stecken. Die Gruppe hört zu, fragt und denkt mit. Am Ende sagt "
        "jede und jeder, was sie mitnehmen.</p><p>Alle Treffen werden für die Mitglieder aufgezeichnet.</p>"
    ),
    "questions": {
        "heading": "Fragen und Antworten",
        "items": _items(
            {
                "question": "Warum bewerbe ich mich, bevor ich mich anmelde?",
                "answer": "<p>Weil die Gruppe das Programm ist. Wir lesen jede Bewerbung.</p>",
            },
            {
                "question": "Wann zahle ich?",
                "answer": "<p>Die Anzahlung mit der Anmeldung, den Rest nach der Rechnung.</p>",
            },
        ),
    },
}

SESSIONS = (
    ("Ankommen: wo wir stehen", "<p>Wir lernen unsere Organisationen kennen und nennen je ein Vorhaben.</p>"),
    ("Geteilte Macht, und was meine bleibt", "<p>Was eine Leitung an Kreise abgibt und was ihr bleibt.</p>"),
    ("Kreise, die entscheiden", "<p>Konsent in der Praxis: Vorschläge, die gut genug sind.</p>"),
    ("Das aufgeschobene Gespräch", "<p>Mitglieder proben ein Gespräch, das sie jemandem schulden.</p>"),
    ("Messen, was besser wurde", "<p>Woran wir merken, dass die Veränderung wirkt.</p>"),
    ("Bilanz, und wie es weitergeht", "<p>Was aus den Vorhaben geworden ist und was bleibt.</p>"),
)

APPLICATION = {
    "title": "Bewerbung",
    "introduction": "<p>Zehn Minuten genügen. Wir lesen jede Bewerbung, und sie kostet nichts.</p>",
    "submit_label": "Bewerbung senden",
    "thanks": "<p>Danke. Zwei von uns lesen Ihre Bewerbung; Sie hören innerhalb von zwei Wochen von uns.</p>",
}
REGISTRATION = {
    "title": "Anmeldung",
    "introduction": "<p>Schön, dass Sie dabei sind. Mit diesem Formular nehmen Sie Ihren Platz ein.</p>",
    "thanks": "<p>Ihr Platz ist für Sie reserviert. Zahlen Sie die Anzahlung bis zu dem Tag, der unten steht.</p>",
}
UPDATES = {
    "title": "Vom nächsten Programm hören",
    "introduction": "<p>Jetzt keine Zeit? Lassen Sie Ihre Adresse hier; wir schreiben, wenn ein Termin steht.</p>",
    "submit_label": "Schreiben Sie mir",
    "thanks": "<p>Wir schreiben einmal für jedes neue Programm, und sonst nicht.</p>",
}
#: Labels, help and choices of the questions in English and in German.
QUESTIONS = {
    "What would suit you?": "Was würde Ihnen passen?",
    "The next program": "Das nächste Programm",
    "A later one": "Ein späteres",
    "I am only curious": "Ich bin nur neugierig",
    "Your name": "Ihr Name",
    "Your email address": "Ihre E-Mail-Adresse",
    "Your organization": "Ihre Organisation",
    "Your role of leadership": "Ihre Aufgabe in der Leitung",
    "For example executive director, or member of the board.": "Zum Beispiel Geschäftsführung oder Vorstand.",
    "How many people work there?": "Wie viele Menschen arbeiten dort?",
    "Up to 10": "Bis 10",
    "11 to 50": "11 bis 50",
    "51 to 250": "51 bis 250",
    "251 or more": "251 oder mehr",
    "For profit or not?": "Gewinn oder Gemeinnutz?",
    "For profit": "Will Gewinn erzielen",
    "Not for profit": "Gemeinnützig",
    "How far has sociocracy come there?": "Wie weit ist die Soziokratie dort?",
    "First circles": "Erste Kreise",
    "Several circles": "Mehrere Kreise",
    "The whole organization": "Die ganze Organisation",
    "Have you taken the course on the foundations?": "Haben Sie den Grundkurs besucht?",
    "Taken": "Besucht",
    "Taking it now": "Ich bin gerade dabei",
    "An equivalent": "Etwas Gleichwertiges",
    "Not yet": "Noch nicht",
    "Your country": "Ihr Land",
    "Your time zone": "Ihre Zeitzone",
    "What do you hope to take home?": "Was möchten Sie mitnehmen?",
    "Name on the invoice": "Name auf der Rechnung",
    "Address on the invoice": "Anschrift auf der Rechnung",
    "Country of that address": "Land dieser Anschrift",
    "I have read the cancellation policy and accept it.": (
        "Ich habe die Stornierungsbedingungen gelesen und bin einverstanden."
    ),
}

HOME_HEADLINE = "Niemand muss diesen Wandel allein führen"
HOME_LEAD = """
<p>Circle Forward bringt Menschen zusammen, die Organisationen mit Soziokratie führen: kleine Gruppen, eine feste Zahl
von Treffen und Begleitung durch Menschen, die auf demselben Stuhl gesessen haben.</p>
"""
HOME_PEOPLE = "Wer sie begleitet"
PROGRAMS_INTRODUCTION = "<p>Gruppen, die sich gerade bilden, und solche, die es gab.</p>"
FACILITATORS_INTRODUCTION = "<p>Wer unsere Programme begleitet, und wie Sie sie erreichen.</p>"
FACILITATORS = {
    "evan-miller": {
        "role": "Begleiter, früher Geschäftsführer",
        "organization": "Ein Softwareunternehmen in Goshen, Indiana",
        "credentials": "Zertifizierter Coach, Leadership Agility 360",
        "biography": """
<p>Evan leitete von 1992 bis 2018 ein Softwareunternehmen in Goshen, Indiana. Ab 2014 führte es sich soziokratisch, und
er lernte vom Stuhl des Geschäftsführers aus, was das dem Menschen darauf abverlangt.</p>
<p>Heute begleitet er Führungskräfte auf demselben Weg.</p>
""",
    },
    "sheella-mierson": {
        "role": "Begleiterin, Beraterin",
        "organization": "The Sociocracy Consulting Group",
        "credentials": "Zertifizierte Moderatorin; Gründungsmitglied von The Sociocracy Consulting Group",
        "biography": """
<p>Sheella kam als Naturwissenschaftlerin zur Soziokratie; sie wollte wissen, warum fähige Menschen gemeinsam schlecht
entscheiden. Sie hat Organisationen vieler Art von ihrem ersten Kreis an begleitet.</p>
<p>Man kennt sie dafür, ein Treffen in dem einen Moment zu verlangsamen, in dem das einen Monat spart.</p>
""",
    },
}
