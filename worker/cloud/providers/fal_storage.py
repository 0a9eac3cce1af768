"""Inputs on their way into fal's storage, where its models read them."""

from __future__ import annotations

import asyncio
import json
import mimetypes
from typing import Final

from sorceress_video.net import NetError, Outbound, Reply
from worker.cloud.providers.base import FaultKind, Job, JobInput, ProviderFault
from worker.cloud.providers.fal_answers import again, trouble

_ASK_LIMIT: Final = 20.0  # seconds until fal says where to
_UPLOAD_LIMIT: Final = 180.0  # seconds for one file
_AT_ONCE: Final = 3
_KEPT: Final = 7 * 86400  # seconds that fal keeps a file; the longest wait for capacity is far shorter


class FalStorage:
    """Uploads the inputs of clips.

    Args:
        net: the way out.
        url: root of fal's REST host.
        key: fal's key; it goes to that host and not to the signed address that a file is sent to.
    """

    def __init__(self, net: Outbound, url: str, key: str) -> None:
        self._net = net
        self._url = f"{url}/storage/upload/initiate?storage_type=fal-cdn-v3"
        self._headers = {
            "Authorization": f"Key {key}",
            "X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": _KEPT}),
        }

    async def upload(self, job: Job) -> dict[str, str]:
        """Addresses of the job's inputs by their hash; a file that plays two parts travels once.

        Raises:
            ProviderFault: TRANSIENT, REFUSED or ACCOUNT.
        """
        gate = asyncio.Semaphore(_AT_ONCE)

        async def send(given: JobInput) -> str:
            async with gate:
                return await self._send(job, given)

        different = {given.sha256: given for given in job.inputs}
        try:
            async with asyncio.TaskGroup() as group:
                tasks = {sha256: group.create_task(send(given)) for sha256, given in different.items()}
        except* ProviderFault as faults:
            first = faults.exceptions[0]
        else:
            return {sha256: task.result() for sha256, task in tasks.items()}
        raise first

    async def _send(self, job: Job, given: JobInput) -> str:
        """Ask where to put one file, and put it there."""
        busy = again("upload", f"fal's storage does not take the inputs of {job.model_name} right now.")
        extension = mimetypes.guess_extension(given.mime) or ".bin"
        wanted = {"content_type": given.mime, "file_name": f"{given.sha256[:16]}{extension}"}
        try:
            reply = await self._net.request(
                "POST", self._url, headers=self._headers, json=wanted, deadline=_ASK_LIMIT
            )
            if reply.status != 200:
                raise _not_taken(job, reply)
            places = reply.json_object()
            put = await self._net.upload(
                "PUT",
                str(places.get("upload_url")),
                given.path,
                headers={"content-type": given.mime},
                deadline=_UPLOAD_LIMIT,
            )
        except NetError as error:
            raise busy from error
        file_url = places.get("file_url")
        if not 200 <= put.status < 300 or not isinstance(file_url, str) or not file_url:
            raise busy
        return file_url


def _not_taken(job: Job, reply: Reply) -> ProviderFault:
    if reply.status != 413:
        return trouble(reply)
    sentence = f"fal does not take a file as large as this input of {job.model_name}. Not charged."
    return ProviderFault(FaultKind.REFUSED, "input_too_large", sentence)
