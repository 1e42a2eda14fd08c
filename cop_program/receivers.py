"""What `cop_program` does when Wagtail publishes one of its pages."""


def connect() -> None:
    """Connect the receivers of this app; called once from `AppConfig.ready()`."""
