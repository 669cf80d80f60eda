"""What autogenerate sees, and what becomes of its operations before they are written."""
