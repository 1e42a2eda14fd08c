"""The texts of the demo."""

KIND = "Community of Practice for executive leaders"

SUMMARY = (
    "Six meetings with up to eight peers who lead organizations into sociocracy: a place to bring what is hard, "
    "to hear how others handled it, and to go home with one next step. For CEOs, executive directors, board members "
    "and general managers."
)

AUDIENCE = """
<p>You carry the whole: as CEO, executive director, board member or general manager. Your organization may have eight
people or eight hundred, may earn a profit or serve a cause, and may stand at its first circle or in its tenth year of
governing itself this way.</p>
<p>What you have in common with the others in the room is the seat you sit in: you hold authority, and you are
bringing a method into your organization that shares it out.</p>
"""

PREREQUISITE = """
<p>You have taken the course on the foundations of sociocracy, are taking it now, or know the same things from
somewhere else: circles and double links, consent, selection of people by consent. We do not teach the basics here;
we talk about living with them.</p>
"""

BENEFITS_TITLE = "What you take home"
BENEFITS = (
    ("Exchange experiences", "Hear what leaders in six countries tried last month, and what came of it."),
    ("Feedback in a safe setting", "Lay out a decision before you announce it. Nobody here works for you."),
    ("A wider vision", "See your organization through the eyes of people who run quite different ones."),
    ("Accountability with peers", "Say in one meeting what you will do; be asked about it, kindly, in the next."),
    ("Awareness of your own effect", "Notice what your tone, your haste and your silence do to a circle."),
    ("Less loneliness in the transition", "Few around you sit where you sit. Here everybody does."),
)

STORY_TITLE = "How the six meetings go"
STORY = """
<p>Each meeting takes up to three hours. We open with a round; then two or three members bring something they are in
the middle of: a circle that does not decide, a founder who cannot let go, a board that asks who is in charge now. The
group listens, asks, and thinks along. We close with what each of us takes home.</p>
<p>All meetings are recorded for members, and for nobody else. Whoever misses one can watch it before the next.</p>
"""

QUOTATION = (
    "In the years when my own company changed over to sociocracy I had consultants, books and a patient board. What I "
    "missed was a room of people who had to answer for it, as I did. I would have given a lot for such a group."
)
QUOTATION_BY = "Evan Miller"
QUOTATION_ROLE = "facilitator, and CEO of a software company while it changed over"

BACKGROUND_TITLE = "Where this began: three CEOs talk"
BACKGROUND = """
<p>In March 2023 three chief executives sat down for a webinar and told each other, with an audience listening, what
sociocracy had done to their work: what they gave up, what came back, and what they would do sooner. So many listeners
asked for more that this program grew from it.</p>
<p>The trailer gives a first impression; the full recording is free with the code below.</p>
"""
TRAILER_URL = "https://www.youtube-nocookie.com/embed/3ceos-trailer"
RECORDING_URL = "https://example.org/webinars/three-ceos"

COURSE_TITLE = "New to the method?"
COURSE = """
<p>The course on the foundations takes a few evenings. You may take it alongside this program; what counts is that the
words are familiar when the group meets.</p>
"""
COURSE_LABEL = "See the course on the foundations"
COURSE_URL = "https://example.org/courses/foundations-of-sociocracy"

POLICY = """
<p>Your deposit holds your place. You may cancel until the end of the cancellation deadline that stands on this page;
we then give the whole deposit back. After that deadline we keep the deposit, since by then we can hardly fill the
place.</p>
<p>The balance is due within 14 days of the invoice, which goes out once we know that enough people take part. Once the
first meeting has been held, fees are not returned; in an illness or an emergency write to us, and we will find a fair
way.</p>
<p>Should we have to call the program off, you get back everything that you have paid.</p>
"""

QUESTIONS_TITLE = "Questions that people ask"
QUESTIONS = (
    (
        "Why do I apply before I register?",
        "<p>Because the group is the program. We read every application and look for nine people who will be of use to "
        "each other. Most applicants hear from us within two weeks.</p>",
    ),
    (
        "What if I cannot come to one of the meetings?",
        "<p>Tell us, and watch the recording before the next one. Whoever knows now that two or more meetings are "
        "impossible had better wait for the next edition.</p>",
    ),
    (
        "When do I pay?",
        "<p>The deposit with your registration, the balance by an invoice after we have confirmed that the program "
        "takes place. Nothing is due with the application.</p>",
    ),
    (
        "What if too few people sign up?",
        "<p>Then we call it off, tell you at once, and give your deposit back.</p>",
    ),
)

FACILITATORS = (
    {
        "title": "Evan Miller",
        "slug": "evan-miller",
        "role": "Facilitator, former CEO",
        "organization": "A software company in Goshen, Indiana",
        "credentials": "Certified Leadership Agility 360 coach",
        "contact_email": "evan.miller@circleforward.example",
        "portrait": "portrait-evan-miller.svg",
        "biography": """
<p>Evan led a software company in Goshen, Indiana, from 1992 to 2018. In 2014 it began to govern itself by
sociocracy, and he learned from the chief executive's chair what that asks of the person in it: to bring proposals
where he had given answers, and to find out that the answers got better.</p>
<p>Today he coaches leaders who are on the same way, and is glad when they ask the awkward questions early.</p>
""",
    },
    {
        "title": "Sheella Mierson, Ph.D.",
        "slug": "sheella-mierson",
        "role": "Facilitator, consultant",
        "organization": "The Sociocracy Consulting Group",
        "credentials": "Certified facilitator; founding member of The Sociocracy Consulting Group",
        "contact_email": "sheella.mierson@circleforward.example",
        "portrait": "portrait-sheella-mierson.svg",
        "biography": """
<p>Sheella came to sociocracy as a scientist who wanted to know why able people make poor decisions together. As a
founding member of The Sociocracy Consulting Group she has accompanied organizations of many kinds from their first
circle to the day when they no longer needed her.</p>
<p>She is known for slowing a meeting down at the one moment where that saves a month.</p>
""",
    },
)

SESSION_TITLES = (
    "Arriving: where each of us stands",
    "Authority that is shared, and what stays mine",
    "Circles that decide",
    "The hard conversation I have put off",
    "Measuring what has become better",
    "Taking stock, and what comes next",
)
SESSION_TEXTS = (
    "<p>We get to know each other's organizations, agree on how we work, and each name one thing to change.</p>",
    "<p>What a leader delegates to circles, what remains, and how everybody can tell which is which.</p>",
    "<p>Consent in practice: proposals that are good enough, objections that help, meetings that end on time.</p>",
    "<p>Members bring a conversation they owe somebody, and rehearse it with people who will be honest.</p>",
    "<p>How we notice that the change works: for customers, for colleagues, and for the figures.</p>",
    "<p>What each of us did with the thing named in the first meeting; what goes on when the program ends.</p>",
)

APPLICATION_INTRODUCTION = """
<p>Ten minutes are enough. We read every application ourselves, and nothing is due with it. You hear from us within
two weeks, at the latest a few days after the deadline.</p>
"""
APPLICATION_THANKS = """
<p>Thank you. Two of us read your application, and you hear from us within two weeks, at the latest a few days after the
deadline.</p>
"""
REGISTRATION_INTRODUCTION = """
<p>Good to have you. With this form you take your place; the deposit holds it, and we tell you on the next page how to
pay it.</p>
"""
REGISTRATION_THANKS = """
<p>Your place is held for you. Please pay the deposit by the day that stands below: with it the place is yours.</p>
"""

HOME_HEADLINE = "Nobody has to lead this change alone"
HOME_LEAD = """
<p>Circle Forward brings together people who lead organizations by sociocracy: small groups, a fixed number of
meetings, and facilitators who have sat in the same chair.</p>
"""
HOME_PEOPLE = "Who leads them"
UPDATES_INTRODUCTION = "<p>No time now? Leave your address, and we write when the dates of a program are set.</p>"
UPDATES_THANKS = "<p>We write once for each new program, and about nothing else.</p>"
FRIENDS = ("https://friends.example.org", "A partner that shows our form in its own web site")
PROGRAMS_INTRODUCTION = "<p>Groups that are forming now, and those that have been.</p>"
FACILITATORS_INTRODUCTION = "<p>Who leads our programs, and how to reach them.</p>"

ISSUER = {
    "name": "Circle Forward",
    "address": "1200 East Lincoln Avenue\nGoshen, IN 46528",
    "country": "US",
    "tax_id": "EIN 00-0000000",
    "email": "billing@circleforward.example",
    "website": "https://circleforward.example/",
    "bank_details": (
        "Bank: Example Community Bank, Goshen\nAccount holder: Circle Forward\nAccount: 000123456789\n"
        "Routing number: 000000000\nSWIFT: EXAMUS00"
    ),
    "number_prefix": "CF-",
}
