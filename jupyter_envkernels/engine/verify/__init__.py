"""Does the kernel of a new environment start? ``kernel_check`` tries; ``kernel_age`` says why an old one cannot."""
