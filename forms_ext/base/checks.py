"""System checks of `forms_ext`."""
