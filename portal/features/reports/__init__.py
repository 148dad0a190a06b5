"""How many days things took with clients and with us, in numbers and case by case."""
