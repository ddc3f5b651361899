"""Attitude of a worn gyro and accelerometer against gravity: an error-state Kalman filter that knows wearers stay put.

Whoever wears the sensor does not gain speed for ever. A tilt error makes gravity look like an acceleration that never ends,
a step or a turn cancels within a second or two; so "velocity is about zero" corrects the tilt while movement costs little
(velocity aiding: Farrell, Aided Navigation, 2008, ch. 11; error state: Solà, arXiv:1711.02508, ch. 5).

State: tilt error (2, about the level axes of a frame that does not turn), gyro bias (3, sensor frame), a common scale of the
rates (clock error and gyro sensitivity), level velocity (2). Heading has no reference: any value will do, so it has no error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from ..dsp.strapdown import small_turn, turned
from ..samples import STANDARD_GRAVITY_MS2

DEG: Final = math.pi / 180

WANDER_MS: Final = 0.5
"""How fast a wearer's velocity wanders ..."""
WANDER_S: Final = 0.5
SHAKEN_S = 0.2
SHAKE_S = 2.0
SIXTH = 1/6
CARRY_S = 0.2
SLOW_S=3.0
SLOW_F=0.0
GAP_F=0.0
LP_S=1.0
"""... and for how long it stays correlated; only WANDER_MS² x WANDER_S matters."""

GYRO_NOISE: Final = 0.05 * DEG
"""rad/s/√Hz: several times a data sheet's, for vibration."""
GYRO_SHARE: Final = 0.003
"""1/√Hz: more noise, as a share of the rate (axis errors, what happens between samples)."""
ACC_NOISE: Final = 0.02
"""m/s²/√Hz."""
ACC_SHARE: Final = 0.02
"""1/√Hz: more noise, as a share of the acceleration beyond gravity."""
BIAS_WALK: Final = 0.01 * DEG
"""rad/s/√s."""
BIAS_SIGMA_MAX: Final = 2.0 * DEG
"""rad/s: the walk of an axis ends here (the one along gravity is seen only at rest)."""

START_TILT: Final = 10.0 * DEG
"""First attitude, from one accelerometer sample in motion."""
START_VELOCITY_MS: Final = 0.7
START_BIAS: Final = 0.5 * DEG
"""rad/s, for a device never met."""
START_SCALE: Final = 0.01

REST_S: Final = 1.0
REST_GYRO: Final = 1.0 * DEG
"""rad/s: scatter (all axes) over REST_S below which the sensor rests, so that the mean rate is the bias ..."""
REST_ACC_MS2: Final = 0.25
REST_SIGMA: Final = 0.3 * DEG
"""... to within this: breathing and sway turn a resting trunk."""

RUNAWAY_MS: Final = 2.5
"""Mean velocity of a second that nobody holds in a room: attitude or bias is wrong, and both are opened again."""
RUNAWAY_TILT: Final = 20.0 * DEG
RUNAWAY_BIAS: Final = 3.0 * DEG

BRIDGE_SHARE = 0.2
BRIDGE_S = 0.1
RESEED_MIN = 5.0*DEG
RESEED_F = 0.5
GAP_VELOCITY_MS = 0.7
GAP_SHAKEN_S = 0.0
RESEED_SIGMA: Final = 5.0 * DEG
"""A gap that leaves more tilt error than this asks the accelerometer; a disagreement of 37 deg or more lets it decide alone."""
RESEED_COSINE: Final = 0.8

X, Y, B, S, U, W = 0, 1, 2, 5, 6, 7
"""Places in the state: tilt x y, bias (three), scale, velocity x y."""
STATES: Final = 8

Attitude: TypeAlias = tuple[float, float, float, float, float, float, float, float]
"""Up in the sensor frame (3), gyro bias (3, rad/s), scale, tilt sigma (rad)."""

Vector: TypeAlias = tuple[float, float, float]


class TiltFilter:
    """Sequential part of the orientation estimate: one `advance` step per window of samples.

    Call `begin` with the first acceleration, `advance` with the windows that follow, `after_gap` for the sample behind a gap.
    """

    def __init__(self) -> None:
        self.q = (1.0, 0.0, 0.0, 0.0)
        self.bias: Vector = (0.0, 0.0, 0.0)
        self.bias_sigma: Vector = (START_BIAS,) * 3
        self.scale = 0.0
        self.v = (0.0, 0.0)
        self._slow_v = (0.0, 0.0)
        self._rate2 = self._shake2 = 0.0
        self._hidden = 0.0
        self._rest = (0.0,) * 9
        self._c: list[float] = []

    def attitude(self) -> Attitude:
        """What is believed now."""
        w, x, y, z = self.q
        up = 2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)
        return (*up, *self.bias, self.scale, math.sqrt(self._c[0] + self._c[2]))

    def begin(self, acc: Vector) -> None:
        """Start from one acceleration (m/s²): level it, with everything known about bias and scale kept."""
        sigma = self.bias_sigma
        self.q = level(acc)
        self.v = self._slow_v = (0.0, 0.0)
        self._rate2 = self._shake2 = self._hidden = 0.0
        self._rest = (0.0,) * 9
        diagonal = [START_TILT] * 2 + [*sigma, START_SCALE] + [START_VELOCITY_MS] * 2
        self._c = packed([[s * s if i == j else 0.0 for j in range(STATES)] for i, s in enumerate(diagonal)])

    def advance(self, windows: Iterable[Sequence[float]]) -> list[Attitude]:
        """Attitude after each window; a window is 12 numbers:
        turn (4), velocity gained (3), duration, integrals of |acc|² and |rate|², hidden turn, not used."""
        g = STANDARD_GRAVITY_MS2
        out: list[Attitude] = []
        q0, q1, q2, q3 = self.q
        b0, b1, b2 = self.bias
        scale = self.scale
        vu, vw = self.v
        su, sw = self._slow_v
        rate2, shake2, hidden = self._rate2, self._shake2, self._hidden
        rt, rf0, rf1, rf2, rs0, rs1, rs2, ra2, rw2 = self._rest
        (xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws, uu, uw, ww,
         b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss) = self._c  # fmt: skip
        gyro2, gyro_share2, acc2, acc_share2 = GYRO_NOISE**2, GYRO_SHARE**2, ACC_NOISE**2, ACC_SHARE**2
        walk2, walk_end2 = BIAS_WALK**2, BIAS_SIGMA_MAX**2
        wander2 = 2.0 * WANDER_MS * WANDER_MS * WANDER_S
        shaken2 = 2.0 * SHAKEN_S * SHAKEN_S * WANDER_S
        shake_rate = 1.0 / SHAKE_S
        slow_rate = 1.0 / SLOW_S
        slow_f = SLOW_F
        slow2 = getattr(self, '_slow2', 0.0)
        fast2 = getattr(self, '_fast2', 0.0)
        lp_rate = 1.0 / LP_S
        sqrt = math.sqrt
        for i0, i1, i2, i3, s0, s1, s2, dt, aa, rr, hide in windows:
            # attitude at the start: R turns sensor vectors into the still frame
            r00, r01, r02 = 1.0 - 2.0 * (q2 * q2 + q3 * q3), 2.0 * (q1 * q2 - q0 * q3), 2.0 * (q1 * q3 + q0 * q2)
            r10, r11, r12 = 2.0 * (q1 * q2 + q0 * q3), 1.0 - 2.0 * (q1 * q1 + q3 * q3), 2.0 * (q2 * q3 - q0 * q1)
            r20, r21, r22 = 2.0 * (q1 * q3 - q0 * q2), 2.0 * (q2 * q3 + q0 * q1), 1.0 - 2.0 * (q1 * q1 + q2 * q2)
            f0, f1, f2 = 2.0 * i1, 2.0 * i2, 2.0 * i3
            # bias and scale were left out of the sums: their turn, to first order, with the bias carried half-way round
            one = (1.0 + scale) * dt
            h0, h1, h2 = f1 * b2 - f2 * b1, f2 * b0 - f0 * b2, f0 * b1 - f1 * b0
            c0 = f0 * scale - one * (b0 + 0.5 * h0 + SIXTH * (f1 * h2 - f2 * h1))
            c1 = f1 * scale - one * (b1 + 0.5 * h1 + SIXTH * (f2 * h0 - f0 * h2))
            c2 = f2 * scale - one * (b2 + 0.5 * h2 + SIXTH * (f0 * h1 - f1 * h0))
            tx = r00 * c0 + r01 * c1 + r02 * c2
            ty = r10 * c0 + r11 * c1 + r12 * c2
            tz = r20 * c0 + r21 * c1 + r22 * c2
            gx = r00 * s0 + r01 * s1 + r02 * s2
            gy = r10 * s0 + r11 * s1 + r12 * s2
            gz = r20 * s0 + r21 * s1 + r22 * s2
            vu += gx + 0.5 * (ty * gz - tz * gy)
            vw += gy + 0.5 * (tz * gx - tx * gz)
            # prediction of the covariance: x' = x + p.(bias, scale), u' = u + h (y + y'), the same across
            e0, e1, e2 = f0 - dt * b0, f1 - dt * b1, f2 - dt * b2
            p0, p1, p2, ps = -dt * r00, -dt * r01, -dt * r02, r00 * e0 + r01 * e1 + r02 * e2
            o0, o1, o2, os = -dt * r10, -dt * r11, -dt * r12, r10 * e0 + r11 * e1 + r12 * e2
            h = 0.5 * gz
            nx0 = x0 + p0 * b00 + p1 * b01 + p2 * b02 + ps * b0s
            nx1 = x1 + p0 * b01 + p1 * b11 + p2 * b12 + ps * b1s
            nx2 = x2 + p0 * b02 + p1 * b12 + p2 * b22 + ps * b2s
            nxs = xs + p0 * b0s + p1 * b1s + p2 * b2s + ps * ss
            ny0 = y0 + o0 * b00 + o1 * b01 + o2 * b02 + os * b0s
            ny1 = y1 + o0 * b01 + o1 * b11 + o2 * b12 + os * b1s
            ny2 = y2 + o0 * b02 + o1 * b12 + o2 * b22 + os * b2s
            nys = ys + o0 * b0s + o1 * b1s + o2 * b2s + os * ss
            axx = xx + p0 * x0 + p1 * x1 + p2 * x2 + ps * xs  # x with x'
            ayx = xy + p0 * y0 + p1 * y1 + p2 * y2 + ps * ys  # y with x'
            axy = xy + o0 * x0 + o1 * x1 + o2 * x2 + os * xs  # x with y'
            ayy = yy + o0 * y0 + o1 * y1 + o2 * y2 + os * ys
            nxx = axx + p0 * nx0 + p1 * nx1 + p2 * nx2 + ps * nxs
            nxy = ayx + o0 * nx0 + o1 * nx1 + o2 * nx2 + os * nxs
            nyy = ayy + o0 * ny0 + o1 * ny1 + o2 * ny2 + os * nys
            aux = xu + p0 * u0 + p1 * u1 + p2 * u2 + ps * us  # u with x'
            auy = yu + o0 * u0 + o1 * u1 + o2 * u2 + os * us
            awx = xw + p0 * w0 + p1 * w1 + p2 * w2 + ps * ws
            awy = yw + o0 * w0 + o1 * w1 + o2 * w2 + os * ws
            hh = h * h
            rate2_now = gyro2 * dt + gyro_share2 * rr
            beyond = aa + g * (g * dt - 2.0 * gz)
            shake2 += (beyond - shake2 * dt) * shake_rate
            push2 = acc2 * dt + acc_share2 * (beyond if beyond > 0.0 else 0.0)
            uw += h * (yw + awy - xu - aux) - hh * (xy + ayx + axy + nxy)
            uu += 2.0 * h * (yu + auy) + hh * (yy + 2.0 * ayy + nyy) + push2
            ww += hh * (xx + 2.0 * axx + nxx) - 2.0 * h * (xw + awx) + push2
            xu = aux + h * (ayx + nxy)
            yu = auy + h * (ayy + nyy)
            xw = awx - h * (axx + nxx)
            yw = awy - h * (axy + nxy)
            u0 += h * (y0 + ny0)
            u1 += h * (y1 + ny1)
            u2 += h * (y2 + ny2)
            us += h * (ys + nys)
            w0 -= h * (x0 + nx0)
            w1 -= h * (x1 + nx1)
            w2 -= h * (x2 + nx2)
            ws -= h * (xs + nxs)
            xx, xy, yy = nxx + rate2_now, nxy, nyy + rate2_now
            x0, x1, x2, xs, y0, y1, y2, ys = nx0, nx1, nx2, nxs, ny0, ny1, ny2, nys
            if b00 < walk_end2:
                b00 += walk2 * dt
            if b11 < walk_end2:
                b11 += walk2 * dt
            if b22 < walk_end2:
                b22 += walk2 * dt
            if hide > 0.0:  # a gyro axis at its limit: the hidden turn adds up for as long as it stays there
                more = hide * (2.0 * hidden + hide)
                hidden += hide
                xx += more
                yy += more
            else:
                hidden = 0.0
            # correction: velocity is about zero, first u then w
            fast2 += (vu * vu + vw * vw - fast2) * dt * slow_rate
            slow2 += (su * su + sw * sw - slow2) * dt * slow_rate
            noise = (wander2 + shaken2 * shake2 + slow_f * slow2) / dt
            d = 1.0 / (uu + noise)
            kx, ky, k0, k1, k2, ks, ku, kw = xu * d, yu * d, u0 * d, u1 * d, u2 * d, us * d, uu * d, uw * d
            e = -vu
            ex, ey, e0, e1, e2, es = kx * e, ky * e, k0 * e, k1 * e, k2 * e, ks * e
            vu += ku * e
            vw += kw * e
            xx -= kx * xu
            xy -= kx * yu
            yy -= ky * yu
            x0 -= kx * u0
            x1 -= kx * u1
            x2 -= kx * u2
            xs -= kx * us
            y0 -= ky * u0
            y1 -= ky * u1
            y2 -= ky * u2
            ys -= ky * us
            xw -= kx * uw
            yw -= ky * uw
            w0 -= kw * u0
            w1 -= kw * u1
            w2 -= kw * u2
            ws -= kw * us
            ww -= kw * uw
            b00 -= k0 * u0
            b01 -= k0 * u1
            b02 -= k0 * u2
            b0s -= k0 * us
            b11 -= k1 * u1
            b12 -= k1 * u2
            b1s -= k1 * us
            b22 -= k2 * u2
            b2s -= k2 * us
            ss -= ks * us
            d *= noise
            xu *= d
            yu *= d
            u0 *= d
            u1 *= d
            u2 *= d
            us *= d
            uu *= d
            uw *= d
            d = 1.0 / (ww + noise)
            kx, ky, k0, k1, k2, ks, ku, kw = xw * d, yw * d, w0 * d, w1 * d, w2 * d, ws * d, uw * d, ww * d
            e = -vw
            ex += kx * e
            ey += ky * e
            e0 += k0 * e
            e1 += k1 * e
            e2 += k2 * e
            scale += es + ks * e
            vu += ku * e
            vw += kw * e
            xx -= kx * xw
            xy -= kx * yw
            yy -= ky * yw
            x0 -= kx * w0
            x1 -= kx * w1
            x2 -= kx * w2
            xs -= kx * ws
            y0 -= ky * w0
            y1 -= ky * w1
            y2 -= ky * w2
            ys -= ky * ws
            xu -= kx * uw
            yu -= ky * uw
            u0 -= ku * w0
            u1 -= ku * w1
            u2 -= ku * w2
            us -= ku * ws
            uu -= ku * uw
            b00 -= k0 * w0
            b01 -= k0 * w1
            b02 -= k0 * w2
            b0s -= k0 * ws
            b11 -= k1 * w1
            b12 -= k1 * w2
            b1s -= k1 * ws
            b22 -= k2 * w2
            b2s -= k2 * ws
            ss -= ks * ws
            d *= noise
            xw *= d
            yw *= d
            w0 *= d
            w1 *= d
            w2 *= d
            ws *= d
            ww *= d
            uw *= d
            # attitude at the end: the window's turn, then bias, scale and correction as one small turn of the still frame
            tx = 0.5 * (tx + ex)
            ty = 0.5 * (ty + ey)
            tz = 0.5 * tz
            m0 = q0 * i0 - q1 * i1 - q2 * i2 - q3 * i3
            m1 = q0 * i1 + q1 * i0 + q2 * i3 - q3 * i2
            m2 = q0 * i2 - q1 * i3 + q2 * i0 + q3 * i1
            m3 = q0 * i3 + q1 * i2 - q2 * i1 + q3 * i0
            q0 = m0 - tx * m1 - ty * m2 - tz * m3
            q1 = m1 + tx * m0 + ty * m3 - tz * m2
            q2 = m2 - tx * m3 + ty * m0 + tz * m1
            q3 = m3 + tx * m2 - ty * m1 + tz * m0
            n = 1.0 / sqrt(q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3)
            q0 *= n
            q1 *= n
            q2 *= n
            q3 *= n
            b0 += e0
            b1 += e1
            b2 += e2
            # slow figures: runaway, typical rate, rest
            k = dt * lp_rate
            su += (vu - su) * k
            sw += (vw - sw) * k
            rate2 += (rr - rate2 * dt) * 0.5
            rt += dt
            rf0 += f0
            rf1 += f1
            rf2 += f2
            rs0 += s0
            rs1 += s1
            rs2 += s2
            ra2 += aa
            rw2 += rr
            if rt >= REST_S or su * su + sw * sw > 6.25:
                self.q, self.bias, self.scale, self.v = (q0, q1, q2, q3), (b0, b1, b2), scale, (vu, vw)
                self._slow_v = su, sw
                self._c = [xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws, uu, uw, ww,
                           b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss]  # fmt: skip
                changed = False
                if su * su + sw * sw > 6.25:
                    self._reopen(); changed = True
                if rt >= REST_S:
                    n = 1.0 / rt
                    rf0, rf1, rf2, rs0, rs1, rs2 = rf0 * n, rf1 * n, rf2 * n, rs0 * n, rs1 * n, rs2 * n
                    if rw2 * n - (rf0*rf0 + rf1*rf1 + rf2*rf2) < REST_GYRO**2 and ra2 * n - (rs0*rs0+rs1*rs1+rs2*rs2) < REST_ACC_MS2**2:
                        self._measure_bias((rf0, rf1, rf2)); changed = True
                    rt = rf0 = rf1 = rf2 = rs0 = rs1 = rs2 = ra2 = rw2 = 0.0
                if changed:
                    q0, q1, q2, q3 = self.q
                    b0, b1, b2 = self.bias
                    scale = self.scale
                    vu, vw = self.v
                    su, sw = self._slow_v
                    (xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws, uu, uw, ww,
                     b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss) = self._c  # fmt: skip
            out.append((2.0 * (q1 * q3 - q0 * q2), 2.0 * (q2 * q3 + q0 * q1), 1.0 - 2.0 * (q1 * q1 + q2 * q2), b0, b1, b2, scale, sqrt(xx + yy)))
        self.q, self.bias, self.scale, self.v = (q0, q1, q2, q3), (b0, b1, b2), scale, (vu, vw)
        self._slow2 = slow2
        self._fast2 = fast2
        self._slow_v, self._rate2, self._shake2, self._hidden = (su, sw), rate2, shake2, hidden
        self._rest = rt, rf0, rf1, rf2, rs0, rs1, rs2, ra2, rw2
        self._c = [xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws, uu, uw, ww,
                   b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss]  # fmt: skip
        return out

    def after_gap(self, turn: tuple[float, float, float, float], gap_s: float, ends2: float, acc: Vector) -> Attitude:
        """The sample behind a gap: bridged by a straight line, velocity lost, bias kept, accelerometer asked if need be."""
        full = unpacked(self._c)
        # turn by the bridge less the bias
        w, x, y, z = self.q
        bx, by, bz = (b * gap_s for b in self.bias)
        q = turned(turned(self.q, turn), small_turn(-bx, -by, -bz))
        n = 1.0 / math.sqrt(sum(c * c for c in q))
        self.q = tuple(c * n for c in q)  # type: ignore[assignment]
        grow = max(self._rate2, ends2) * (BRIDGE_SHARE * gap_s * min(1.0, gap_s / BRIDGE_S)) ** 2
        R = matrix(self.q)
        for i in (X, Y):
            for j in (X, Y):
                full[i][j] += gap_s * gap_s * sum(R[i][k] * R[j][m] * full[B + k][B + m] for k in range(3) for m in range(3))
            full[i][i] += grow
        for i in range(B, B + 3):
            full[i][i] += BIAS_WALK**2 * gap_s
        if gap_s <= CARRY_S:
            for i in (U, W):
                full[i][i] += self._shake2 * gap_s * gap_s
        else:
            for i in (U, W):
                for j in range(STATES):
                    full[i][j] = full[j][i] = 0.0
                full[i][i] = GAP_VELOCITY_MS**2 + GAP_F*getattr(self,'_fast2',0)
            self.v = self._slow_v = (0.0, 0.0)
        self._rest = (0.0,) * 9
        self._c = packed(full)
        if full[X][X] + full[Y][Y] > RESEED_SIGMA**2:
            self._reseed(acc)
        return self.attitude()

    def _reseed(self, acc):
        full = unpacked(self._c)
        R = matrix(self.q)
        noise = max(RESEED_MIN**2, self._shake2 / STANDARD_GRAVITY_MS2**2 * RESEED_F)
        a = [sum(R[i][k] * acc[k] for k in range(3)) for i in range(3)]
        n = math.sqrt(sum(c * c for c in a)) or 1.0
        if a[2] / n < RESEED_COSINE:
            self.q = level(acc)
            for i in (X, Y):
                for j in range(STATES):
                    full[i][j] = full[j][i] = 0.0
                full[i][i] = noise
            self._c = packed(full)
            return
        self._correct(full, X, a[1] / n, noise)
        R = matrix(self.q)
        a = [sum(R[i][k] * acc[k] for k in range(3)) for i in range(3)]
        self._correct(full, Y, -a[0] / n, noise)
        self._c = packed(full)

    def _measure_bias(self, mean):
        full = unpacked(self._c)
        for k in range(3):
            self._correct(full, B + k, mean[k] - self.bias[k], REST_SIGMA**2)
        self._c = packed(full)

    def _reopen(self):
        full = unpacked(self._c)
        self.reopened = getattr(self, "reopened", 0) + 1
        diag = [RUNAWAY_TILT**2]*2 + [max(full[i][i], RUNAWAY_BIAS**2) for i in range(B, B+3)] + [START_SCALE**2] + [START_VELOCITY_MS**2]*2
        self._c = packed([[d if i == j else 0.0 for j in range(STATES)] for i, d in enumerate(diag)])
        self.v = self._slow_v = (0.0, 0.0)

    def _correct(self, full, row, resid, noise):
        column = list(full[row])
        d = 1.0 / (column[row] + noise)
        k = [c * d for c in column]
        for i in range(STATES):
            for j in range(STATES):
                full[i][j] -= k[i] * column[j]
        dx = [c * resid for c in k]
        q = turned(small_turn(dx[X], dx[Y], 0.0), self.q)
        n = 1.0 / math.sqrt(sum(c * c for c in q))
        self.q = tuple(c * n for c in q)
        self.bias = tuple(b + d for b, d in zip(self.bias, dx[B:S]))
        self.scale += dx[S]
        self.v = (self.v[0] + dx[U], self.v[1] + dx[W])


ORDER = ((X, X), (X, Y), (Y, Y), (X, 2), (X, 3), (X, 4), (X, S), (Y, 2), (Y, 3), (Y, 4), (Y, S), (X, U), (Y, U), (X, W), (Y, W),
         (U, 2), (U, 3), (U, 4), (U, S), (W, 2), (W, 3), (W, 4), (W, S), (U, U), (U, W), (W, W),
         (2, 2), (2, 3), (2, 4), (2, S), (3, 3), (3, 4), (3, S), (4, 4), (4, S), (S, S))


def packed(full):
    return [full[i][j] for i, j in ORDER]


def unpacked(c):
    full = [[0.0] * STATES for _ in range(STATES)]
    for (i, j), v in zip(ORDER, c):
        full[i][j] = full[j][i] = v
    return full


def matrix(q):
    w, x, y, z = q
    return ((1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)))


def level(acc):
    x, y, z = acc
    n = math.sqrt(x * x + y * y + z * z) or 1.0
    x, y, z = x / n, y / n, z / n
    if z < -0.999999:
        return 0.0, 1.0, 0.0, 0.0
    w = math.sqrt(0.5 * (1.0 + z))
    return w, 0.5 * y / w, -0.5 * x / w, 0.0
