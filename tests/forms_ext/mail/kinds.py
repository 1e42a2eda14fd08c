"""An email type for the tests of `mail`."""

from forms_ext.mail import email_types

WELCOME = email_types.EmailType(
    name="test.welcome",
    label="Welcome",
    fields={"name": "Name", "program": "Program", "link": "Personal link", "page": "Program page"},
    sample={"name": "Ada Sample", "program": "A program", "page": "https://example.org/p/"},
    subject="You are welcome: {program}",
    body=(
        '<p>Dear {name},</p><p>{link}</p><h3>What now</h3><ul><li>Read <a href="{page}">the page</a>.</li>'
        "<li>Come to {program}.</li></ul>"
    ),
    link_fields=("page",),
    button="Register",
)
VALUES = {"name": "Ada", "program": "Tea & Talk", "page": "https://example.org/p/"}
LINK = "https://example.org/go/r/secret-bits?a=1&b=2"
