def loads(text):
    return {'id': 'x'}
