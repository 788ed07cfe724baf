"""Who is at the other end: visitors by token."""
