"""The revision graph and the files around it: heads, merge, rebase, recover, drawing, and the hooks
that ``guard-init`` puts in a project's own template and config. Values in, values out: nothing here
prints, asks or knows of click.
"""
