"""Plots as SVG, written by hand: no library, readable in any browser and in the documentation."""
import html

WIDTH, HEIGHT = 900, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 50, 40
AVERAGED_SECONDS = 10


def averaged(values, count):
    """Means over `count` neighbours, for lines that can be followed."""
    return [sum(values[i:i + count]) / len(values[i:i + count])
            for i in range(0, len(values), count)]


def rates(title, seconds, allowed, accepted, refused):
    """Two lines over time, calls per second, and a red mark wherever a call was refused."""
    end = seconds[-1] + 1
    sent = averaged(accepted, AVERAGED_SECONDS)
    limit = averaged(allowed, AVERAGED_SECONDS)
    highest = 1.15 * max(*sent, *limit)

    def x(at):
        return LEFT + (WIDTH - LEFT - RIGHT) * at / end

    def y(rate):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / highest

    def line(values, colour):
        points = ' '.join(f'{x(i * AVERAGED_SECONDS):.1f},{y(value):.1f}'
                          for i, value in enumerate(values))
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'

    def text(at_x, at_y, what, anchor='middle', colour='#333'):
        return (f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="{anchor}" fill="{colour}">'
                f'{html.escape(what)}</text>')

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             text(WIDTH / 2, 20, title)]
    for tick in range(5):
        rate, at = highest * tick / 4, end * tick / 4
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(rate):.1f}" '
                     f'y2="{y(rate):.1f}" stroke="#ddd"/>')
        parts.append(text(LEFT - 6, y(rate) + 4, f'{rate:.3g}', 'end'))
        parts.append(text(x(at), HEIGHT - BOTTOM + 18, f'{at / 60:.3g} min'))
    parts += [f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{TOP}" y2="{TOP + 8}" stroke="#c00"/>'
              for at, count in zip(seconds, refused) if count]
    parts += [line(limit, '#888'), line(sent, '#06c'),
              text(LEFT, 38, 'allowed', 'start', '#888'),
              text(LEFT + 60, 38, 'sent, per second', 'start', '#06c'),
              text(LEFT + 170, 38, 'refused', 'start', '#c00'), '</svg>']
    return '\n'.join(parts) + '\n'
