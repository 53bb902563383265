"""The page: `python app.py`, then http://127.0.0.1:7860."""

import argparse
import os
import sys

from generative import streams
from generative.errors import GenerativeError
from generative.web.page.address import server

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # Gradio reads its environment when it is imported
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "200")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1000")


def arguments() -> argparse.Namespace:
    told = os.environ.get
    parser = argparse.ArgumentParser(description="Watch generative models at work, in the browser.")
    parser.add_argument("--host", default=told("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen on")
    parser.add_argument("--port", default=told("GRADIO_SERVER_PORT", "7860"), help="port to listen on (%(default)s)")
    parser.add_argument("--root-path", default=told("GRADIO_ROOT_PATH", ""), help="its path behind a proxy: /models")
    parser.add_argument("--share", action="store_true", help="make a public link through Gradio's servers")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda (every GPU), cuda:1 (that one) or mps")
    parser.add_argument("--data", help="data root, for pages that show real images (also GENERATIVE_DATA)")
    allowed = {"nargs": "?", "const": "5", "default": told("GENERATIVE_ALLOW_MODELS"), "metavar": "GB"}
    parser.add_argument("--allow-models", help="let visitors bring pipelines of the hub, up to 5 GB", **allowed)
    return parser.parse_args()


def main() -> int:
    streams.prepare()
    try:
        args = arguments()
        if args.data:
            os.environ["GENERATIVE_DATA"] = args.data
        place = server(args.host, args.port, args.root_path)
        from generative.inference.engine.engine import Engine
        from generative.library.bringing import room_of
        from generative.library.entries import Library
        from generative.web.page.launch import launch
        from generative.web.page.page import build

        engine = Engine(Library(room=room_of(args.allow_models)), args.device)
        launch(build(engine), len(engine.devices), share=args.share, **place)
        return 0
    except GenerativeError as e:
        print("error:", " ".join(str(e).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
