def test_square_images():
    pass
