"""What is promised about crashes, tried with SIGKILL at many moments."""
