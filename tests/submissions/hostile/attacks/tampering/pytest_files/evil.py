open("/tmp/epochmark-was-here", "w").close()
print("PWN" "ED: ran")
