"""What of a picture shows something: margins, burnt-in scale bars and bare surfaces told from it."""
