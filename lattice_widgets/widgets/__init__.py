"""One file for each public widget: traits, core and views tied together. No maths and no drawing."""
