# Passes lines on.
{ print; fflush() }
