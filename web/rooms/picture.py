"""What a page is told of a session's picture: where it comes from, where it is published, and the words for it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from fair.livesessions import LiveSession, PictureSource
from fair.permissions import Action, may
from web.addresses import media_address
from web.context import actor, settings
from web.headers import allow_picture

__all__ = ["data", "desk_words", "viewer_words"]

RELAY_MOST = 400
"""Up to so many in the room the picture comes over the relay, beyond by HLS."""


def data(live_session: LiveSession) -> dict[str, Any]:
    """What the scripts of viewer and host need of the picture; the page may then load from where it comes."""
    hls = media_address(live_session.id, "live.m3u8")
    allow_picture(live_session.picture_url, live_session.publish_url, hls)
    is_built_in = live_session.picture_source == PictureSource.BUILT_IN
    return {
        "source": live_session.picture_source.value,
        "title": live_session.title,
        "url": live_session.picture_url,
        "publish": live_session.publish_url,
        "may_publish": (is_built_in or bool(live_session.publish_url))
        and may(actor(), Action.PUBLISH_PICTURE, live_session),
        "ticket": url_for("rooms.picture_ticket", session_id=live_session.id),
        "hls": hls,
        "sound": media_address(live_session.id, "sound.m3u8") if is_built_in else "",
        "script": url_for("static", filename="vendor/hls.min.js"),
        "metronome": url_for("static", filename="js/metronome.js"),
        "relay_most": RELAY_MOST,
        "days": settings().media_days,
    }


def viewer_words() -> dict[str, str]:
    """What the script says around the picture."""
    return {
        "play_on": _("播放"),
        "play_off": _("暂停"),
        "mute_on": _("打开声音"),
        "mute_off": _("静音"),
        "full_on": _("退出全屏"),
        "full_off": _("全屏"),
        "captions_on": _("关字幕"),
        "captions_off": _("开字幕"),
        "screen_connecting": _("正在连画面"),
        "screen_waiting": _("主播还没开画面，岗位照常看、照常投"),
        "screen_paused": _("主播停了一会儿画面，马上回来"),
        "screen_lost": _("主播那边断线了，正在等画面回来"),
        "screen_failed": _("画面没连上，会自动再试。岗位照常看、照常投"),
        "screen_soundless": _("主播这会儿没有声音。点“看画面”看画面"),
        "screen_over": _("画面播完了"),
        "sound_only": _("只听声音"),
        "no_picture": _("不放画面，省流量"),
        "amount_sound": _("每小时约 {sound} MB"),
        "amount_both": _("每小时约 {sound} MB，看画面约 {picture} MB"),
        "way_relay": _("低延迟"),
        "way_hls": _("普通线路"),
    }


def desk_words() -> dict[str, str]:
    """What the script says at the host's desk."""
    return {
        "notes_left": _("还有 {n} 行"),
        "paused_title": _("暂停一下"),
        "paused_line": _("马上回来，岗位照常能投"),
        "sound_title": _("只有声音"),
        "camera": _("摄像头"),
        "microphone": _("麦克风"),
        "mute": _("关麦克风"),
        "unmute": _("开麦克风"),
        "pause": _("暂停画面"),
        "go_on": _("接着播"),
        "viewers_get": _("{n} 人看着画面，{kbit} kbit/s，慢 {behind} 秒"),
        "plate_off": _("只有你看得到"),
        "plate_connecting": _("正在接通"),
        "plate_on": _("观众正在看"),
        "plate_down": _("断线了，正在重连"),
        "plate_paused": _("暂停中，观众看到一张静图"),
        "check_picture": _("{height}p，{frames} 帧"),
        "check_heard": _("听得到"),
        "check_muted": _("麦克风关着"),
        "check_passed": _("{all} 项里过了 {passed} 项"),
        "hls_on": _("人多也能看：HLS 已备好"),
        "hls_starting": _("正在准备 HLS"),
        "hls_no_ffmpeg": _("服务器没有 ffmpeg：只能低延迟线路观看，几百人以内"),
        "hls_failed": _("HLS 出错了：只能低延迟线路观看"),
        "hls_rehearsal": _("没开播，观众看不到"),
        "hls_full": _("服务器磁盘满了：只能低延迟线路观看"),
        "hls_off": _("这里没开 HLS：只能低延迟线路观看"),
        "hls_elsewhere": _("画面送到了媒体服务器"),
        "recording_on": _("正在录制"),
        "recording_starting": _("正在录制"),
        "recording_no_consent": _("没在录，播完没有回放"),
        "recording_not_wanted": _("这一场不录制"),
        "recording_no_ffmpeg": _("这里录不了，播完没有回放"),
        "recording_failed": _("录制出错，停了"),
        "recording_rehearsal": _("没在录"),
        "recording_full": _("磁盘满了，录到刚才为止"),
        "recording_off": _("这里不录制"),
        "recording_elsewhere": _("录制由媒体服务器管"),
        "trouble_not_https": _("浏览器只在 https 地址上给用摄像头。用 https 打开本站再试"),
        "trouble_no_permission": _("浏览器没让用摄像头或麦克风。点地址栏左边的图标，改成允许，再按一次"),
        "trouble_no_system_permission": _("系统没让浏览器用摄像头或麦克风。到系统设置的隐私里打开，再按一次"),
        "trouble_no_camera": _("没找到摄像头。插上再按一次，或在“设备和画质”里选只播声音"),
        "trouble_no_microphone": _("没找到麦克风。插上再按一次"),
        "trouble_in_use": _("摄像头或麦克风被别的程序占着。关掉会议软件，再按一次"),
        "trouble_overconstrained": _("这个摄像头给不出选的画质。选低一档再试"),
        "trouble_device_failed": _("设备打不开。拔下来再插上，或换一个设备"),
        "trouble_device_lost": _("摄像头或麦克风断开了。插好后重新打开"),
        "trouble_no_screen": _("这个浏览器不能共享屏幕，换电脑上的浏览器"),
        "trouble_screen_not_shared": _("没选要共享的屏幕，画面没变"),
        "trouble_screen_failed": _("屏幕共享不起来，换一个窗口再试"),
        "trouble_soundless": _("麦克风没有声音，先只播画面。换一个麦克风，再停画面、开画面"),
        "trouble_line_slow": _("上行偏低，画面已降到 {n}p。换网络或关共享"),
        "trouble_no_recorder": _("这个浏览器录不了画面，换 Chrome、Edge、Firefox 或新的 Safari"),
        "trouble_not_understood": _("服务器读不懂这个浏览器的画面，换一个浏览器"),
        "trouble_not_your_turn": _("台上是别家单位，轮到你时再开画面"),
        "trouble_replaced": _("这一场的画面在别处开着。要换到这里，再按一次开画面"),
        "trouble_ended": _("这一场结束了"),
        "trouble_closed": _("这一场没开"),
        "trouble_expired": _("没能接通，刷新页面再试"),
        "trouble_version": _("页面旧了，刷新后再试"),
        "trouble_banned": _("你不能在这一场开画面"),
    }
