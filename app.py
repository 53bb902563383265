"""The page: `python app.py`, then http://127.0.0.1:7860."""

import argparse
import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "200")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1000")

from generative.errors import GenerativeError
from generative.inference.engine.engine import Engine
from generative.web.page.page import CSS, THEME, build


def main() -> None:
    parser = argparse.ArgumentParser(description="Watch generative models at work, in the browser.")
    parser.add_argument(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen on"
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", 7860)))
    parser.add_argument("--share", action="store_true", help="make a public link through Gradio's servers")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--data", help="data root, for pages that show real images (also GENERATIVE_DATA)")
    args = parser.parse_args()
    if args.data:
        os.environ["GENERATIVE_DATA"] = args.data
    try:
        page = build(Engine(device=args.device))
    except GenerativeError as e:
        parser.error(str(e))
    page.queue(api_open=False, status_update_rate=3, max_size=32, default_concurrency_limit=1)
    page.launch(
        server_name=args.host,
        server_port=args.port,
        share=args.share,
        theme=THEME,
        css=CSS,
        show_error=False,
        enable_monitoring=False,
        max_file_size="5mb",
        footer_links=["api"],
        run_history=False,
    )


if __name__ == "__main__":
    main()
