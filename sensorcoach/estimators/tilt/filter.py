"""Attitude of a worn gyro and accelerometer against gravity: an error-state Kalman filter that knows wearers stay put.

Whoever wears the sensor does not gain speed for ever. A tilt error makes gravity look like an acceleration that never
ends, a step or a turn cancels within a second or two; so "velocity is about zero" corrects the tilt while movement
costs little (velocity aiding: Farrell, Aided Navigation, 2008, ch. 11; error state: Solà, arXiv:1711.02508, ch. 5).

State: tilt error (2, about the level axes of a frame that does not turn), gyro bias (3, sensor frame), a common scale
of the rates (clock error and gyro sensitivity), level velocity (2). Heading has no reference: any value will do, so it
has no error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, TypeAlias

from ...dsp.strapdown import Turn, small_turn, turned
from ...samples import STANDARD_GRAVITY_MS2
from .state import (
    B,
    S,
    U,
    Vector,
    W,
    X,
    Y,
    diagonal,
    forget,
    level,
    measured,
    packed,
    rotation,
    tilted,
    unit,
    unpacked,
)  # fmt: skip

DEG: Final = math.pi / 180

# How the wearer moves. Velocity is measured as zero with the spectral density of a velocity that changes within
# WANDER_S and is as large as: a little always, more for who shakes, most for who is seen to drift, hardly anything for
# who is calm.
WANDER_S: Final = 0.5
WANDER_MS: Final = 0.3
SHAKEN_S: Final = 0.1
"""Velocity per recent acceleration beyond gravity (rms)."""
DRIFTING: Final = 5.0
"""Velocity variance per recent mean square of the velocity averaged over WANDER_S ..."""
DRIFTING_MOST_MS: Final = 1.0
"""... up to a stroll: more is likelier a wrong attitude, which must not excuse itself."""
CALM_MS: Final = 0.15
"""After a second with less scatter of the acceleration than REST_ACC_MS2."""
MEMORY_S: Final = 3.0
"""What "recent" means."""

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

START_TILT: Final = 7.0 * DEG
"""First attitude, from one accelerometer sample in motion ..."""
START_OFF: Final = 0.5
"""... and more by this for each share of 1 g by which the norm of that sample is off."""
START_VELOCITY_MS: Final = 0.4
START_BIAS: Final = 0.5 * DEG
"""rad/s, for a device never met."""
START_SCALE: Final = 0.01

REST_S: Final = 1.0
REST_GYRO: Final = 1.0 * DEG
"""rad/s: scatter (all axes) over REST_S below which the sensor rests, so that the mean rate is the bias ..."""
REST_ACC_MS2: Final = 0.25
REST_SIGMA: Final = 0.3 * DEG
"""... to within this: breathing and sway turn a resting trunk."""

CARRY_S: Final = 0.2
"""Longest gap over which the velocity is carried."""
BRIDGE_SHARE: Final = 1.0
"""Tilt error (1 sigma an axis) of a bridged gap, per rate and length. About 0.2 is typical, but the tails are long, and
an error taken too small is corrected too slowly ..."""
BRIDGE_S: Final = 0.4
"""... and of a shorter one the less, by its length over this."""
GAP_VELOCITY_MS: Final = 0.3
"""Velocity after a gap: at least this ..."""
GAP_SPEEDS: Final = 2.0
"""... and this many times what it was before."""
RESEED_SIGMA: Final = 5.0 * DEG
"""A gap that leaves more tilt error than this asks the accelerometer; ..."""
RESEED_LEAST: Final = 5.0 * DEG
"""... which errs by this at least ..."""
RESEED_SHAKES: Final = 3.0
"""... and by this many times the recent acceleration over gravity; ..."""
RESEED_COSINE: Final = 0.8
"""... at a disagreement of 37 deg or more it decides alone."""

RUNAWAY_MS: Final = 2.5
"""Velocity averaged over WANDER_S that nobody holds in a room: attitude or bias is wrong, both are opened again."""
FALLEN: Final = 0.4
"""Share of 1 g. Less specific force upward, over a second, means that up is not up: the attitude is levelled anew.
(Upside down the velocity stays near zero too, so nothing else would notice.)"""
RUNAWAY_TILT: Final = 20.0 * DEG
RUNAWAY_BIAS: Final = 3.0 * DEG

UNKNOWN: Final = 6.0 * DEG
"""Predicted error above which nothing is shown; made for the worst: real errors are a third to a half of it."""
BRIDGED: Final = 2.0 * DEG
BRIDGED_S: Final = 0.08
"""Behind a gap, until the error is small again, the limit is this, and this much more per recent rate of turning (rms):
what is shown of a trunk that turns is never newer than a packet, and may be wrong by as much."""
WITNESSES: Final = 2.0
"""Where the acceleration of the last two steps agrees with what is taken for up, twice the error is allowed for, less
twice what they differ by: it is unlikely that both are wrong by the same."""
BRIDGED_MOST: Final = 15.0 * DEG
"""The limit behind a gap is never more than this."""
PACKET_S: Final = 0.3
"""A lost packet of most devices is no longer than this. However many are lost, a wearer at rest stays known: gaps as
short as this never make the limit stricter."""
NO_GAP: Final = math.inf
"""In place of the least limit behind a gap, when there was none."""

Attitude: TypeAlias = tuple[float, float, float, float, float, float, float, float, float]
"""Up in the sensor frame (3), gyro bias (3, rad/s), scale, tilt sigma (rad), and the limit of that sigma above which
up is not known (rad)."""

Window: TypeAlias = tuple[float, float, float, float, float, float, float, float, float, float, float]
"""Turn (4), velocity gained (3), duration, integrals of |acceleration|² and |rate|², hidden turn: `dsp.strapdown.Sums`
but for the newest acceleration."""


class TiltFilter:
    """The sequential part of the orientation estimate: one `advance` step per window of samples.

    Call `begin` with the first acceleration, `advance` with the windows that follow, `after_gap` for the sample behind
    a gap.

    Parameters
    ----------
    bias_rads, bias_sigma_rads : gyro bias of this device as last known, and how well.
    """

    def __init__(self, bias_rads: Vector = (0.0, 0.0, 0.0), bias_sigma_rads: float = START_BIAS) -> None:
        self.q: Turn[float] = (1.0, 0.0, 0.0, 0.0)
        self.bias = bias_rads
        self.scale = 0.0
        self._v = self._drift = (0.0, 0.0)
        self._recent = (0.0, 0.0, 0.0, 0.0)  # mean squares of rate, acceleration beyond gravity, velocity, drift
        self._hidden = 0.0
        self._calm = False
        self._lift = (0.0, 0.0, STANDARD_GRAVITY_MS2)
        self._rest = (0.0,) * 9
        self._floor = NO_GAP
        self._push = (0.0, 0.0, 0.0)  # behind a gap: level velocity gained in the last step, and its length
        self._c = packed(diagonal([0.0, 0.0, *[bias_sigma_rads] * 3, START_SCALE, 0.0, 0.0]))

    @property
    def bias_sigma(self) -> Vector:
        """1 sigma of the gyro bias, rad/s."""
        table = unpacked(self._c)
        x, y, z = (math.sqrt(max(table[i][i], 0.0)) for i in range(B, B + 3))
        return x, y, z

    def attitude(self) -> Attitude:
        """What is believed now."""
        w, x, y, z = self.q
        up = 2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)
        limit = UNKNOWN
        if self._floor < NO_GAP:
            limit = min(max(self._floor, BRIDGED + BRIDGED_S * math.sqrt(self._recent[0])), BRIDGED_MOST)
        return (*up, *self.bias, self.scale, math.sqrt(self._c[0] + self._c[2]), limit)

    def begin(self, acc: Vector) -> None:
        """Start from one acceleration (m/s²), knowing of bias and scale what was known before."""
        self.q = level(acc)
        self._recent = (0.0, 0.0, 0.0, 0.0)
        off = math.sqrt(sum(a * a for a in acc)) / STANDARD_GRAVITY_MS2 - 1.0
        tilt = math.sqrt(START_TILT**2 + (START_OFF * off) ** 2)
        self._reopen([tilt] * 2, self.bias_sigma, START_VELOCITY_MS)

    def advance(self, windows: Iterable[Window]) -> list[Attitude]:
        """Attitude after each of the windows, which follow each other without a gap."""
        g = STANDARD_GRAVITY_MS2
        gyro_noise2, gyro_share2, acc_noise2, acc_share2 = GYRO_NOISE**2, GYRO_SHARE**2, ACC_NOISE**2, ACC_SHARE**2
        walk2, walk_end2 = BIAS_WALK**2, BIAS_SIGMA_MAX**2
        density, wander2, shaken2, drifting = 2.0 * WANDER_S, WANDER_MS**2, SHAKEN_S**2, DRIFTING
        fade, drift_fade, runaway2, rest_s = 1.0 / MEMORY_S, 1.0 / WANDER_S, RUNAWAY_MS**2, REST_S
        calm2, most2, fallen_ms2 = CALM_MS**2, DRIFTING_MOST_MS**2, FALLEN * g
        sqrt = math.sqrt
        out: list[Attitude] = []
        q0, q1, q2, q3 = self.q
        b0, b1, b2 = self.bias
        scale = self.scale
        vu, vw = self._v
        du, dw = self._drift
        rate2, shake2, speed2, drift2 = self._recent
        hidden = self._hidden
        calm = self._calm
        floor = self._floor
        push_x, push_y, push_s = self._push
        lx, ly, lz = self._lift
        rt, rf0, rf1, rf2, rs0, rs1, rs2, raa, rrr = self._rest
        (xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws, uu, uw, ww,
         b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss) = self._c  # fmt: skip
        for i0, i1, i2, i3, s0, s1, s2, dt, aa, rr, hide in windows:
            # attitude at the start: R turns sensor vectors into the still frame
            r00, r01, r02 = 1.0 - 2.0 * (q2 * q2 + q3 * q3), 2.0 * (q1 * q2 - q0 * q3), 2.0 * (q1 * q3 + q0 * q2)
            r10, r11, r12 = 2.0 * (q1 * q2 + q0 * q3), 1.0 - 2.0 * (q1 * q1 + q3 * q3), 2.0 * (q2 * q3 - q0 * q1)
            r20, r21, r22 = 2.0 * (q1 * q3 - q0 * q2), 2.0 * (q2 * q3 + q0 * q1), 1.0 - 2.0 * (q1 * q1 + q2 * q2)
            f0, f1, f2 = 2.0 * i1, 2.0 * i2, 2.0 * i3
            # bias and scale were left out of the sums: their turn, to first order, the bias carried half-way round
            one = (1.0 + scale) * dt
            c0 = f0 * scale - one * (b0 + 0.5 * (f1 * b2 - f2 * b1))
            c1 = f1 * scale - one * (b1 + 0.5 * (f2 * b0 - f0 * b2))
            c2 = f2 * scale - one * (b2 + 0.5 * (f0 * b1 - f1 * b0))
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
            beyond = aa + g * (g * dt - 2.0 * gz)  # integral of |R a - g|², without another sum
            if beyond < 0.0:
                beyond = 0.0
            rate_noise = gyro_noise2 * dt + gyro_share2 * rr
            push = acc_noise2 * dt + acc_share2 * beyond
            hh = h * h
            uw += h * (yw + awy - xu - aux) - hh * (xy + ayx + axy + nxy)
            uu += 2.0 * h * (yu + auy) + hh * (yy + 2.0 * ayy + nyy) + push
            ww += hh * (xx + 2.0 * axx + nxx) - 2.0 * h * (xw + awx) + push
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
            xx, xy, yy = nxx + rate_noise, nxy, nyy + rate_noise
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
            # correction: velocity is about zero, by as much as it lately was; first u, then w
            k = dt * fade
            rate2 += rr * fade - rate2 * k
            shake2 += beyond * fade - shake2 * k
            speed2 += (vu * vu + vw * vw - speed2) * k
            drift2 += (du * du + dw * dw - drift2) * k
            moved2 = drifting * drift2
            moved2 = calm2 if calm else wander2 + shaken2 * shake2 + (moved2 if moved2 < most2 else most2)
            noise = density * moved2 / dt
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
            # attitude at the end: the window's turn, then bias, scale and correction as one small turn
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
            # drift, and rest: a quiet second measures the bias, also of the axis along gravity, which tilt never shows
            k = dt * drift_fade
            du += (vu - du) * k
            dw += (vw - dw) * k
            lx += gx - lx * dt
            ly += gy - ly * dt
            lz += gz - lz * dt
            fallen = lz < fallen_ms2
            rt += dt
            rf0 += f0
            rf1 += f1
            rf2 += f2
            rs0 += s0
            rs1 += s1
            rs2 += s2
            raa += aa
            rrr += rr
            still = False
            if rt >= rest_s:
                k = 1.0 / rt
                rf0, rf1, rf2, rs0, rs1, rs2 = rf0 * k, rf1 * k, rf2 * k, rs0 * k, rs1 * k, rs2 * k
                turning2 = rrr * k - (rf0 * rf0 + rf1 * rf1 + rf2 * rf2)
                shaking2 = raa * k - (rs0 * rs0 + rs1 * rs1 + rs2 * rs2)
                calm = shaking2 < REST_ACC_MS2**2
                still = calm and turning2 < REST_GYRO**2
            if still or fallen or du * du + dw * dw > runaway2:
                self.q, self.bias, self.scale, self._v, self._drift = (
                    (q0, q1, q2, q3),
                    (b0, b1, b2),
                    scale,
                    (vu, vw),
                    (du, dw),
                )
                self._c = [
                    xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws,
                    uu, uw, ww, b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss,
                ]  # fmt: skip
                if fallen:
                    self.q = unit(turned(level((lx, ly, lz)), self.q))
                if still and not fallen:
                    self._measure_bias((rf0, rf1, rf2))
                else:
                    calm = False
                    lx, ly, lz = 0.0, 0.0, g
                    x, y, z = self.bias_sigma
                    sigma = max(x, RUNAWAY_BIAS), max(y, RUNAWAY_BIAS), max(z, RUNAWAY_BIAS)
                    self._reopen([RUNAWAY_TILT] * 2, sigma, START_VELOCITY_MS)
                    floor = NO_GAP
                q0, q1, q2, q3 = self.q
                b0, b1, b2 = self.bias
                scale = self.scale
                vu, vw = self._v
                du, dw = self._drift
                (xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws,
                 uu, uw, ww, b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss) = self._c  # fmt: skip
            if rt >= rest_s:
                rt = rf0 = rf1 = rf2 = rs0 = rs1 = rs2 = raa = rrr = 0.0
            up_x, up_y, up_z = 2.0 * (q1 * q3 - q0 * q2), 2.0 * (q2 * q3 + q0 * q1), 1.0 - 2.0 * (q1 * q1 + q2 * q2)
            tilt, limit = sqrt(xx + yy), UNKNOWN
            if floor < NO_GAP:
                limit = max(floor, BRIDGED + BRIDGED_S * sqrt(rate2))
                if tilt <= limit and tilt <= UNKNOWN:
                    floor = NO_GAP
                if push_s > 0.0:
                    px, py = push_x + gx, push_y + gy
                    differ = sqrt(px * px + py * py) / (g * (push_s + dt))
                    limit = max(limit, WITNESSES * (limit - differ))
                limit = min(limit, BRIDGED_MOST)
                push_x, push_y, push_s = gx, gy, dt
            out.append((up_x, up_y, up_z, b0, b1, b2, scale, tilt, limit))
        self.q, self.bias, self.scale, self._v, self._drift = (q0, q1, q2, q3), (b0, b1, b2), scale, (vu, vw), (du, dw)
        self._recent, self._hidden = (rate2, shake2, speed2, drift2), hidden
        self._calm, self._lift = calm, (lx, ly, lz)
        self._floor, self._push = floor, (push_x, push_y, push_s)
        self._rest = rt, rf0, rf1, rf2, rs0, rs1, rs2, raa, rrr
        self._c = [
            xx, xy, yy, x0, x1, x2, xs, y0, y1, y2, ys, xu, yu, xw, yw, u0, u1, u2, us, w0, w1, w2, ws, uu, uw, ww,
            b00, b01, b02, b0s, b11, b12, b1s, b22, b2s, ss,
        ]  # fmt: skip
        return out

    def after_gap(self, turn: Turn[float], gap_s: float, rate2: float, acc: Vector) -> Attitude:
        """The sample behind a gap: bridged, with the bias kept, and the accelerometer asked if the bridge is poor.

        Parameters
        ----------
        turn : what the gyro's last and first readings suggest for the gap, bias included.
        gap_s : its length.
        rate2 : mean square of those readings, (rad/s)².
        acc : acceleration behind the gap, m/s².
        """
        x, y, z = self.bias
        self.q = unit(turned(turned(self.q, turn), small_turn(-x * gap_s, -y * gap_s, -z * gap_s)))
        table = unpacked(self._c)
        r = rotation(self.q)
        bridge = BRIDGE_SHARE * gap_s * min(1.0, gap_s / BRIDGE_S)
        for i in (X, Y):
            for j in (X, Y):
                drift2 = sum(r[i][k] * r[j][m] * table[B + k][B + m] for k in range(3) for m in range(3))
                table[i][j] += gap_s * gap_s * drift2
            table[i][i] += max(self._recent[0], rate2) * bridge * bridge
        for i in range(B, B + 3):
            table[i][i] += BIAS_WALK**2 * gap_s
        for i in (U, W):
            if gap_s <= CARRY_S:
                table[i][i] += self._recent[1] * gap_s * gap_s
            else:
                forget(table, i, GAP_VELOCITY_MS**2 + GAP_SPEEDS**2 * self._recent[2])
        if gap_s > CARRY_S:
            self._v = self._drift = (0.0, 0.0)
        self._hidden = 0.0
        self._calm = False
        self._lift = (0.0, 0.0, STANDARD_GRAVITY_MS2)
        self._rest = (0.0,) * 9
        self._floor = min(self._floor, 0.0 if gap_s > PACKET_S else UNKNOWN)
        self._push = (0.0, 0.0, 0.0)
        if table[X][X] + table[Y][Y] > RESEED_SIGMA**2:
            self._reseed(table, acc)
        self._c = packed(table)
        return self.attitude()

    def _reseed(self, table: list[list[float]], acc: Vector) -> None:
        """Let the accelerometer's direction correct the attitude, or replace it."""
        n = math.sqrt(sum(a * a for a in acc)) or 1.0
        variance = max(RESEED_LEAST**2, RESEED_SHAKES**2 * self._recent[1] / STANDARD_GRAVITY_MS2**2)
        x, y, z = (sum(r * a for r, a in zip(row, acc, strict=True)) / n for row in rotation(self.q))
        if z < RESEED_COSINE:
            self.q = level(acc)
            for i in (X, Y):
                forget(table, i, variance)
            return
        # true up is seen at (x, y): the attitude is off by y about x, and by -x about y
        first = measured(table, X, y, variance)
        self._correct(first)
        self._correct(measured(table, Y, -x - first[Y], variance))

    def _measure_bias(self, rate: Vector) -> None:
        """At rest the mean rate is the bias."""
        table = unpacked(self._c)
        for k in range(3):
            self._correct(measured(table, B + k, rate[k] - self.bias[k], REST_SIGMA**2))
        self._c = packed(table)

    def _reopen(self, tilt: list[float], bias: Vector, velocity: float) -> None:
        """Start over from the present attitude and bias with these sigmas."""
        self._c = packed(diagonal([*tilt, *bias, START_SCALE, velocity, velocity]))
        self._v = self._drift = (0.0, 0.0)
        self._hidden = 0.0
        self._calm = False
        self._lift = (0.0, 0.0, STANDARD_GRAVITY_MS2)
        self._rest = (0.0,) * 9
        self._floor = NO_GAP

    def _correct(self, change: list[float]) -> None:
        self.q = tilted(self.q, change[X], change[Y])
        self.bias = self.bias[0] + change[B], self.bias[1] + change[B + 1], self.bias[2] + change[B + 2]
        self.scale += change[S]
        self._v = self._v[0] + change[U], self._v[1] + change[W]
