def convolve(image, kernel):
    kind = type("<img src=x onerror=alert(1)>", (Exception,), {})
    raise kind("</pre></td><script>document.title = 1</script>{{ 7 * 7 }}\x1b[31m")
