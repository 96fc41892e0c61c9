"""Markdown tables and gnuplot scripts of plain values: pure."""


def number(value, digits=1):
    """With a separator of thousands; a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def table(heads, rows, align=None):
    """`align` has l or r for each column; without it the first is l and the others are r."""
    align = align or "l" + "r" * (len(heads) - 1)
    lines_of = ["| " + " | ".join(heads) + " |",
                "|" + "|".join("---:" if each == "r" else "---" for each in align) + "|"]
    lines_of += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines_of)


HEAD = """set encoding utf8
set terminal svg size 760,{height} font 'sans-serif,13' background '#ffffff'
set output {output}
set grid ytics lc rgb '#dddddd'
set border 3 lc rgb '#555555'
set tics nomirror
COLOURS = "#1f6f8b #e0823d #6a994e #8d5a97 #b23a48 #555555 #c9a227"
"""


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


def block(name, rows):
    """A data block; its first column is text."""
    lines = [f"${name} << END"]
    lines += [" ".join([f'"{row[0]}"', *(f"{value:.6g}" for value in row[1:])]) for row in rows]
    return "\n".join([*lines, "END", ""])


def bars(title, series, rows):
    """Stacked bars. `rows`: a label and a value for each of the series."""
    key = "top left" if len(series) > 1 else "off"
    parts = [f"$data using {at + 2}:xtic(1) title {quoted(name)} lc rgb word(COLOURS, {at + 1})"
             for at, name in enumerate(series)]
    return (block("data", rows) + HEAD.replace("{height}", "360")
            + f"set title {quoted(title)}\nset style data histograms\n"
            "set style histogram rowstacked\nset style fill solid 0.9 border -1\n"
            "set boxwidth 0.7\nset yrange [0:*]\nset xtics rotate by -30\n"
            f"set bmargin 6\nset rmargin 6\nset key {key}\n"
            "plot " + ", ".join(parts) + "\n")


def lines(title, x_title, y_title, series, log=""):
    """Curves. `series`: {name: [(x, y), ...]}; `log` names the logarithmic axes, as "xy"."""
    blocks = "".join(f"$s{at} << END\n" + "".join(f"{x:.6g} {y:.6g}\n" for x, y in points) + "END\n"
                     for at, points in enumerate(series.values()))
    parts = [f"$s{at} using 1:2 with linespoints pt 7 ps 0.6 lw 2 lc rgb word(COLOURS, {at + 1}) "
             f"title {quoted(name)}" for at, name in enumerate(series)]
    scale = f"set logscale {log}\n" if log else ""
    low = "" if "y" in log else "set yrange [0:*]\n"
    return (blocks + HEAD.replace("{height}", "420")
            + f"set title {quoted(title)}\nset xlabel {quoted(x_title)}\n"
            f"set ylabel {quoted(y_title)}\n{scale}{low}set key top left\n"
            "plot " + ", ".join(parts) + "\n")
